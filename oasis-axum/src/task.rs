//! `GET /api/v1/vtids/{vtid}`: what became of a task.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use oasis_core::{EventFilter, Position, Query, Recorded, Status, Timestamp, Vtid};
use serde::Serialize;
use serde_json::Value;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

#[cfg(feature = "openapi")]
use crate::openapi::schemas;
use crate::params::{Params, invalid};
use crate::problem::Problem;
use crate::segment::Segment;
use crate::state::Shared;

/// A task's whole history, told in short. It reads all of the task's events, a page at a time.
pub(crate) async fn task(
    State(shared): State<Shared>,
    Segment(vtid): Segment,
    params: Params,
) -> Result<Json<Summary>, Problem> {
    params.finish()?;
    let vtid: Vtid = vtid.to_ascii_uppercase().parse().map_err(|error| invalid("vtid", &error))?;
    let filter = EventFilter { vtid: Some(Some(vtid.clone())), ..EventFilter::default() };
    let mut history = History::default();
    let mut after = None;
    loop {
        let page =
            shared.store.query(&Query::after(filter.clone(), after, Query::MAX_LIMIT)).await?;
        after = page.events.last().map(|row| row.position);
        page.events.into_iter().for_each(|row| history.take(row));
        if page.next.is_none() {
            return history.summary(&vtid).map(Json).ok_or_else(Problem::no_such_task);
        }
    }
}

/// What is known of a task.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Summary {
    vtid: String,
    events: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::Event))]
    first: Recorded,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::Event))]
    last: Recorded,
    /// How many events have each status; one that none has is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u64>))]
    statuses: BTreeMap<&'static str, u64>,
    /// In the order in which they began.
    pull_requests: Vec<Thing>,
    runs: Vec<Thing>,
    deploys: Vec<Thing>,
}

/// A pull request, a run or a deploy, as its newest event tells it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Thing {
    name: String,
    repository: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::Status))]
    status: Status,
    title: String,
    r#ref: Option<String>,
    link: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = u64, minimum = 1))]
    position: Position,
    /// When its first event happened, and its newest.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    started: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    ts: Timestamp,
    events: u64,
    /// Which attempt at a run it is; 0 where there are none.
    #[serde(skip)]
    attempt: u64,
}

/// A task's events so far, in their order; of all but the first only what counts is kept.
#[derive(Debug, Default)]
struct History {
    events: u64,
    first: Option<Recorded>,
    last: Option<Recorded>,
    statuses: BTreeMap<&'static str, u64>,
    things: BTreeMap<(Kind, String), Thing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    PullRequest,
    Run,
    Deploy,
}

impl History {
    fn take(&mut self, row: Recorded) {
        self.events += 1;
        *self.statuses.entry(row.event.status.as_str()).or_default() += 1;
        if let Some((kind, id, name)) = identify(&row) {
            let told = Thing::told(&row, name);
            self.things.entry((kind, id)).and_modify(|known| known.go_on(&told)).or_insert(told);
        }
        self.first.get_or_insert_with(|| row.clone());
        self.last = Some(row);
    }

    fn summary(self, vtid: &Vtid) -> Option<Summary> {
        let (mut pull_requests, mut runs, mut deploys) = (Vec::new(), Vec::new(), Vec::new());
        for ((kind, _), thing) in self.things {
            match kind {
                Kind::PullRequest => pull_requests.push(thing),
                Kind::Run => runs.push(thing),
                Kind::Deploy => deploys.push(thing),
            }
        }
        for things in [&mut pull_requests, &mut runs, &mut deploys] {
            things.sort_by_key(|thing: &Thing| (thing.started, thing.position));
        }
        Some(Summary {
            vtid: vtid.to_string(),
            events: self.events,
            first: self.first?,
            last: self.last?,
            statuses: self.statuses,
            pull_requests,
            runs,
            deploys,
        })
    }
}

impl Thing {
    fn told(row: &Recorded, name: String) -> Self {
        let event = &row.event;
        Self {
            name,
            repository: text(row, "repository"),
            status: event.status,
            title: event.title.to_string(),
            r#ref: event.reference.clone(),
            link: event.link.as_ref().map(ToString::to_string),
            position: row.position,
            started: event.ts,
            ts: event.ts,
            events: 1,
            attempt: event.meta.get("run_attempt").and_then(Value::as_u64).unwrap_or(0),
        }
    }

    /// The newer of two tellings counts, by the source's time: deliveries overtake each other. Of the
    /// same moment (GitHub tells seconds) a later attempt counts, then an end before what led to it,
    /// and only of two that say as much the one that came later.
    fn go_on(&mut self, told: &Self) {
        let started = self.started.min(told.started);
        let events = self.events + 1;
        if told.standing() >= self.standing() {
            self.clone_from(told);
        }
        self.started = started;
        self.events = events;
    }

    /// What makes one telling the newer of two.
    fn standing(&self) -> (Timestamp, u64, u8) {
        let progress = match self.status {
            Status::Queued => 0,
            Status::InProgress => 1,
            _ => 2,
        };
        (self.ts, self.attempt, progress)
    }
}

/// Which thing an event tells of: what it is, what makes it the same one, and what to call it.
fn identify(row: &Recorded) -> Option<(Kind, String, String)> {
    let fact = |name: &str| text(row, name);
    let repository = fact("repository").unwrap_or_default();
    match row.event.kind.as_str() {
        "pull_request" => {
            let number = fact("pr_number")?;
            Some((Kind::PullRequest, format!("{repository}#{number}"), format!("#{number}")))
        }
        "workflow_run" => {
            let id = fact("run_id")?;
            let name = fact("workflow_name").unwrap_or_else(|| "run".to_owned());
            let number = fact("run_number").unwrap_or_else(|| id.clone());
            Some((Kind::Run, format!("{repository} {id}"), format!("{name} #{number}")))
        }
        "deployment" | "deployment_status" => {
            let name = fact("environment").unwrap_or_else(|| "deployment".to_owned());
            let id = fact("deployment_id").unwrap_or_default();
            Some((Kind::Deploy, format!("{repository} {name} {id}"), name))
        }
        _ if fact("build_id").is_some() && fact("revision").is_none() => {
            let id = fact("build_id")?;
            let name = fact("trigger").or_else(|| fact("service"));
            Some((Kind::Run, format!("build {id}"), name.unwrap_or_else(|| "build".to_owned())))
        }
        _ if row.event.source == "gcp.deploy" => {
            let name = ["service", "job", "pipeline"].into_iter().find_map(fact)?;
            let which = ["revision", "execution", "rollout", "release"].into_iter().find_map(fact);
            let id = format!("{} {name} {}", row.event.kind, which.clone().unwrap_or_default());
            Some((Kind::Deploy, id, which.unwrap_or(name)))
        }
        _ => None,
    }
}

/// A fact of an event's meta as text, also where it is a number.
fn text(row: &Recorded, name: &str) -> Option<String> {
    match row.event.meta.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oasis_core::{Arrival, Event};

    fn row(position: u64, at: i64, kind: &str, status: Status, meta: Value) -> Recorded {
        let at = Timestamp::from_unix_millis(at * 1000);
        let mut event = Event::new(Arrival::new(at, [0; 10]), "github.actions", kind);
        event.status = status;
        event.meta = serde_json::from_value(meta).unwrap();
        Recorded::new(Position::new(position).unwrap(), at, event)
    }

    fn summary(rows: impl IntoIterator<Item = Recorded>) -> Option<Summary> {
        let mut history = History::default();
        rows.into_iter().for_each(|row| history.take(row));
        history.summary(&"DEV-CICDL-0031".parse().unwrap())
    }

    #[test]
    fn the_newest_state_of_each_thing_counts_whatever_order_it_came_in() {
        let run = |n: u64| serde_json::json!({ "run_id": n, "run_number": n - 100, "workflow_name": "CI", "repository": "o/r" });
        let pr = || serde_json::json!({ "pr_number": 22, "repository": "o/r" });
        let told = summary([
            row(1, 10, "pull_request", Status::Info, pr()),
            row(2, 21, "workflow_run", Status::InProgress, run(142)),
            row(3, 30, "workflow_run", Status::Success, run(142)),
            // Delivered late.
            row(4, 20, "workflow_run", Status::Queued, run(142)),
            row(5, 11, "workflow_run", Status::Failure, run(141)),
            row(6, 40, "pull_request", Status::Success, pr()),
            row(7, 41, "push", Status::Info, serde_json::json!({})),
            row(
                8,
                50,
                "deployment_status",
                Status::Failure,
                serde_json::json!({ "environment": "production", "deployment_id": 5 }),
            ),
        ])
        .unwrap();
        assert_eq!(told.events, 8);
        assert_eq!((told.first.position.get(), told.last.position.get()), (1, 8));
        assert_eq!(
            told.statuses,
            [("failure", 2), ("in_progress", 1), ("info", 2), ("queued", 1), ("success", 2)].into()
        );
        let shown = |things: &[Thing]| -> Vec<String> {
            let span = |t: &Thing| (t.ts.unix_millis() - t.started.unix_millis()) / 1000;
            things
                .iter()
                .map(|t| format!("{} {} {}s {}", t.name, t.status, span(t), t.events))
                .collect()
        };
        assert_eq!(shown(&told.pull_requests), ["#22 success 30s 2"]);
        assert_eq!(shown(&told.runs), ["CI #41 failure 0s 1", "CI #42 success 10s 3"]);
        assert_eq!(shown(&told.deploys), ["production failure 0s 1"]);
    }

    #[test]
    fn a_task_without_events_is_none() {
        assert!(summary([]).is_none());
    }
}
