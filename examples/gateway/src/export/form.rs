//! The forms of an export.

use anyhow::Result;
use clap::ValueEnum;
use oasis_core::Recorded;
use serde_json::Value;

use super::{cd_event, cloud_event, table};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A line of JSON for each event, as it is in the ledger
    Ndjson,
    /// A row for each event, for spreadsheets: what could be a formula has ' in front
    Csv,
    /// A line for each event, a CloudEvent 1.0 in structured mode
    Cloudevents,
    /// A line for each event that CDEvents 0.5 have a type for; others are left out
    Cdevents,
}

impl Form {
    /// What stands before the first event.
    pub(super) fn head(self) -> Result<Vec<u8>> {
        match self {
            Self::Csv => table::head(),
            Self::Ndjson | Self::Cloudevents | Self::Cdevents => Ok(Vec::new()),
        }
    }

    /// Adds an event; `false` where the form has no place for it.
    pub(super) fn add(self, event: &Recorded, to: &mut Vec<u8>) -> Result<bool> {
        match self {
            Self::Ndjson => line(event, to),
            Self::Csv => table::row(event, to).map(|()| true),
            Self::Cloudevents => line(&cloud_event::of(event), to),
            Self::Cdevents => match cd_event::of(event) {
                Some(event) => line(&event, to),
                None => Ok(false),
            },
        }
    }

    /// The position of the event that this line tells of.
    pub(super) fn position(self, line: &[u8]) -> Option<u64> {
        let line: Value = serde_json::from_slice(line).ok()?;
        let place = match self {
            Self::Ndjson => "/position",
            Self::Cloudevents => "/data/position",
            Self::Cdevents => "/customData/position",
            Self::Csv => return None,
        };
        line.pointer(place)?.as_u64()
    }
}

fn line(value: &impl serde::Serialize, to: &mut Vec<u8>) -> Result<bool> {
    serde_json::to_writer(&mut *to, value)?;
    to.push(b'\n');
    Ok(true)
}
