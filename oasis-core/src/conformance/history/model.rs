//! The model: lists that are searched from their start, and filters that read an event's JSON. It is
//! slow and shares nothing with a store, so that the same mistake isn't made twice.

use serde_json::Value;

use super::step::Step;
use super::{Answer, Row};
use crate::event::Event;
use crate::store::{EventFilter, Order, Presence, Query};
use crate::time::Timestamp;
use crate::vtid::Vtid;

#[derive(Debug, Default)]
pub(super) struct Model {
    rows: Vec<Line>,
    agents: Vec<Presence>,
    reached: Vec<(&'static str, Timestamp)>,
}

#[derive(Debug)]
struct Line {
    event: Event,
    /// What filters read.
    json: Value,
}

impl Model {
    pub(super) fn answer(&mut self, step: &Step) -> Answer {
        match step {
            Step::Append(events) => {
                Answer::Appended(events.iter().map(|event| self.append(event)).collect())
            }
            Step::Page(query) => self.page(query),
            Step::Walk(query) => {
                let rows =
                    self.matching(&query.filter, query.order, query.after.map(|at| at.get()));
                let passed = usize::try_from(query.offset).unwrap_or(usize::MAX);
                Answer::Rows(rows.into_iter().skip(passed).collect(), None)
            }
            Step::Follow(after) => {
                let all = EventFilter::default();
                let after = after.map(|at| at.get());
                Answer::Rows(self.matching(&all, Order::Ascending, after), None)
            }
            Step::Count(filter) => {
                Answer::Count(self.matching(filter, Order::Ascending, None).len() as u64)
            }
            Step::Get(id) => {
                let found = self.numbered().find(|(_, line)| line.event.id == *id);
                Answer::Rows(found.map(row).into_iter().collect(), None)
            }
            Step::Head => Answer::Head(self.numbered().last().map(|(position, _)| position)),
            Step::Note(presence) => {
                let known = self.agents.iter().position(|one| one.agent == presence.agent);
                let later =
                    |at: usize| self.agents.get(at).is_some_and(|one| one.seen > presence.seen);
                if !known.is_some_and(later) {
                    self.agents.retain(|one| one.agent != presence.agent);
                    self.agents.push(presence.clone());
                    self.agents.sort_by(|a, b| a.agent.as_bytes().cmp(b.agent.as_bytes()));
                }
                Answer::Noted
            }
            Step::Agent(name) => Answer::Agents(
                self.agents.iter().filter(|one| one.agent == *name).cloned().collect(),
            ),
            Step::Agents => Answer::Agents(self.agents.clone()),
            Step::Reached(source, at) => {
                self.reached.push((source, *at));
                Answer::Noted
            }
            Step::Checkpoint(source) => {
                let of_it = self.reached.iter().filter(|(one, _)| one == source);
                Answer::Moment(of_it.map(|(_, at)| *at).max())
            }
        }
    }

    fn numbered(&self) -> impl DoubleEndedIterator<Item = (u64, &Line)> {
        self.rows.iter().enumerate().map(|(n, line)| (n as u64 + 1, line))
    }

    fn append(&mut self, event: &Event) -> (Row, bool) {
        let same_delivery = |(_, line): &(u64, &Line)| {
            event.delivery_id.is_some()
                && line.event.delivery_id == event.delivery_id
                && line.event.source == event.source
        };
        let known = self.numbered().find(same_delivery);
        let known = known.or_else(|| self.numbered().find(|(_, line)| line.event.id == event.id));
        if let Some(first) = known {
            return (row(first), true);
        }
        let json = serde_json::to_value(event).unwrap_or_default();
        self.rows.push(Line { event: event.clone(), json });
        ((self.rows.len() as u64, event.clone()), false)
    }

    fn page(&self, query: &Query) -> Answer {
        let rows = self.matching(&query.filter, query.order, query.after.map(|at| at.get()));
        let passed = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let mut rows: Vec<_> = rows.into_iter().skip(passed).collect();
        let more = rows.len() > query.limit;
        rows.truncate(query.limit);
        let letter = if query.order == Order::Ascending { 'a' } else { 'd' };
        let last = rows.last().filter(|_| more);
        let next = last.map(|(position, _)| format!("v1{letter}{position}"));
        Answer::Rows(rows, next)
    }

    fn matching(&self, filter: &EventFilter, order: Order, after: Option<u64>) -> Vec<Row> {
        let matching = self.numbered().filter(|(_, line)| matches(filter, &line.json));
        let matching = matching.filter(|(at, _)| {
            after.is_none_or(|it| match order {
                Order::Ascending => *at > it,
                Order::Descending => *at < it,
            })
        });
        match order {
            Order::Ascending => matching.map(row).collect(),
            Order::Descending => matching.rev().map(row).collect(),
        }
    }
}

fn row((position, line): (u64, &Line)) -> Row {
    (position, line.event.clone())
}

/// Whether an event is meant, by what its JSON holds.
fn matches(filter: &EventFilter, json: &Value) -> bool {
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    let is = |name: &str, wanted: Option<&str>| wanted.is_none_or(|it| field(name) == Some(it));
    let wanted = filter.vtid.as_ref().map(|it| it.as_ref().map_or("UNSET", Vtid::as_str));
    // Of one length and in UTC, so their texts are in the order of their times.
    let (since, until) =
        (filter.since.map(|at| at.to_string()), filter.until.map(|at| at.to_string()));
    let (ts, text) = (field("ts"), filter.text.as_deref().map(str::to_ascii_lowercase));
    is("vtid", wanted)
        && is("layer", filter.layer.as_deref())
        && is("module", filter.module.as_deref())
        && is("source", filter.source.as_deref())
        && is("kind", filter.kind.as_deref())
        && is("status", filter.status.map(|status| status.as_str()))
        && since.is_none_or(|since| ts >= Some(&*since))
        && until.is_none_or(|until| ts < Some(&*until))
        && text.is_none_or(|text| {
            let searched = ["title", "vtid", "ref", "link", "delivery_id"];
            let mut found = searched.into_iter().filter_map(field);
            found.any(|it| it.to_ascii_lowercase().contains(&text))
        })
}
