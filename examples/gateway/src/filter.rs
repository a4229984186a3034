//! The filters of a query as flags.

use clap::Args;
use oasis_core::{EventFilter, Status, Timestamp, UNSET, Vtid};

use crate::config::Span;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which events")]
pub(crate) struct FilterOptions {
    /// Of this task; UNSET for events without one
    #[arg(long, value_name = "ID", value_parser = task)]
    vtid: Option<Task>,
    /// Of this layer, such as CICDL
    #[arg(long)]
    layer: Option<String>,
    /// Of this module, such as PR or DEPLOY
    #[arg(long)]
    module: Option<String>,
    /// Of this source, such as github.actions
    #[arg(long)]
    source: Option<String>,
    /// Of this kind, such as workflow_run
    #[arg(long)]
    kind: Option<String>,
    /// With this status, such as failure
    #[arg(long)]
    status: Option<Status>,
    /// That happened at this moment or later: 2026-11-24T12:00:00Z, or 2h for two hours ago
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    since: Option<Timestamp>,
    /// That happened before this moment
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<Timestamp>,
    /// With this text in the title, task, reference, link or delivery id
    #[arg(long, short = 'q', value_name = "TEXT")]
    q: Option<String>,
}

impl FilterOptions {
    /// For a ledger.
    pub(crate) fn filter(&self) -> EventFilter {
        EventFilter {
            vtid: self.vtid.clone().map(|task| task.0),
            layer: self.layer.clone(),
            module: self.module.clone(),
            source: self.source.clone(),
            kind: self.kind.clone(),
            status: self.status,
            since: self.since,
            until: self.until,
            text: self.q.clone(),
        }
    }

    /// For a gateway: the parameters of a query string.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let vtid = self.vtid.as_ref().map(|task| task.0.as_ref().map_or(UNSET, Vtid::as_str));
        let pairs = [
            ("vtid", vtid.map(str::to_owned)),
            ("layer", self.layer.clone()),
            ("module", self.module.clone()),
            ("source", self.source.clone()),
            ("kind", self.kind.clone()),
            ("status", self.status.map(|status| status.to_string())),
            ("since", self.since.map(|since| since.to_string())),
            ("until", self.until.map(|until| until.to_string())),
            ("q", self.q.clone()),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// A task, or none.
#[derive(Debug, Clone)]
struct Task(Option<Vtid>);

fn task(text: &str) -> Result<Task, String> {
    let text = text.to_ascii_uppercase();
    if text == UNSET {
        return Ok(Task(None));
    }
    text.parse()
        .map(|vtid| Task(Some(vtid)))
        .map_err(|error: oasis_core::InvalidVtid| error.to_string())
}

/// A moment, or how long ago it was.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(Span(ago)) = text.parse() {
        let millis = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        return Ok(oasis_axum::now().saturating_add_millis(-millis));
    }
    text.parse().map_err(|_| {
        "no moment such as 2026-11-24T12:00:00Z, and no time ago such as 30m, 2h or 3d".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        filter: FilterOptions,
    }

    fn read(flags: &[&str]) -> FilterOptions {
        Flags::try_parse_from([&["x"], flags].concat()).unwrap().filter
    }

    #[test]
    fn every_filter_is_a_flag_for_ledger_and_gateway_alike() {
        let given = read(&[
            "--vtid=dev-cicdl-0031",
            "--layer=CICDL",
            "--module=PR",
            "--source=github.actions",
            "--kind=push",
            "--status=failure",
            "--since=2026-11-24T12:00:00Z",
            "--until=2026-11-25T00:00:00Z",
            "-q=retry",
        ]);
        let pairs: Vec<_> =
            given.pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            pairs,
            [
                "vtid=DEV-CICDL-0031",
                "layer=CICDL",
                "module=PR",
                "source=github.actions",
                "kind=push",
                "status=failure",
                "since=2026-11-24T12:00:00.000Z",
                "until=2026-11-25T00:00:00.000Z",
                "q=retry",
            ]
        );
        let filter = given.filter();
        assert_eq!(filter.vtid.unwrap().unwrap().as_str(), "DEV-CICDL-0031");
        assert_eq!((filter.status, filter.text.as_deref()), (Some(Status::Failure), Some("retry")));
        let none = read(&["--vtid=unset"]);
        assert_eq!(
            (none.filter().vtid, none.pairs()),
            (Some(None), vec![("vtid", "UNSET".to_owned())])
        );
        assert!(read(&[]).filter().is_empty() && read(&[]).pairs().is_empty());
    }

    #[test]
    fn a_moment_may_be_so_long_ago() {
        let ago = oasis_axum::now().unix_millis() - moment("2h").unwrap().unix_millis();
        assert!((7_200_000..7_205_000).contains(&ago), "{ago}");
        for bad in ["yesterday", "", "12:00"] {
            assert!(moment(bad).unwrap_err().contains("2h"), "{bad}");
        }
    }
}
