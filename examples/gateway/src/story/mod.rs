//! A day of a small team, as GitHub would tell it.

mod payload;
mod plot;
mod task;

use oasis_core::Timestamp;
use serde_json::Value;

use plot::{ABANDONED, FIXED, Plot, RED, REVIEWED, STRAIGHT};
use task::Task;

/// A delivery, unsigned.
#[derive(Debug)]
pub(crate) struct Sample {
    /// The value of `X-GitHub-Event`.
    pub(crate) event: &'static str,
    pub(crate) payload: Value,
}

/// The day; its last delivery happens `now`.
pub(crate) fn day(now: Timestamp) -> Vec<Sample> {
    let ago = |minutes: i64| now.saturating_add_millis(-60_000 * minutes);
    let task = Task::new;
    // How many minutes ago each began.
    let tasks: [(i64, Task, Plot); 5] = [
        (401, task("DEV-OASIS-0042", 17, "Show who is online", "lee"), STRAIGHT),
        (317, task("DEV-AGTL-0117", 18, "Agents say what they work on", "crew-7"), REVIEWED),
        (233, task("DEV-CICDL-0029", 19, "Cache the build", "kim"), ABANDONED),
        (97, task("DEV-API-0008", 21, "Answer in 200 ms", "lee"), RED),
        (52, task("DEV-CICDL-0031", 22, "Retry failed uploads", "dana"), FIXED),
    ];
    let steps = tasks.iter().flat_map(|(began, task, plot)| {
        plot.iter().map(move |(after, step)| {
            (began - after, payload::told(task, step, ago(began - after)))
        })
    });
    let nobody_s = payload::push("docs", &task("", 0, "", "").sha(1), "Fix a typo", false, ago(12));
    let mut told: Vec<_> = steps.collect();
    told.push((480, vec![payload::sample("ping", payload::ping(), "dana", ago(480))]));
    told.push((12, vec![payload::sample("push", nobody_s, "dana", ago(12))]));
    told.sort_by_key(|(minutes, _)| -minutes);
    told.into_iter().flat_map(|(_, samples)| samples).collect()
}

/// What goes on after the day, without an end: tasks that begin, some at the same time, each with
/// its own course.
#[derive(Debug)]
pub(crate) struct Ahead {
    /// How many tasks have begun.
    begun: u64,
    /// The number of the first one.
    first: u64,
    open: Vec<(Task, Plot)>,
}

impl Ahead {
    /// `now` makes the tasks' ids others than those of the last time.
    pub(crate) fn from(now: Timestamp) -> Self {
        let minutes = u64::try_from(now.unix_millis() / 60_000).unwrap_or_default();
        Self { begun: 0, first: 1_000 + minutes % 9_000, open: Vec::new() }
    }

    /// What happens next, and now.
    pub(crate) fn next(&mut self, now: Timestamp) -> Vec<Sample> {
        const AT_ONCE: usize = 3;
        if self.open.len() < AT_ONCE {
            let task = self.begin();
            self.open.push(task);
        }
        // The task that waits longest.
        let (task, plot) = self.open.remove(0);
        let Some(((_, step), rest)) = plot.split_first() else { return Vec::new() };
        let told = payload::told(&task, step, now);
        if !rest.is_empty() {
            self.open.push((task, rest));
        }
        told
    }

    fn begin(&mut self) -> (Task, Plot) {
        const IDEAS: [(&str, &str); 7] = [
            ("Search by colour", "lee"),
            ("Sort the basket", "kim"),
            ("Log less at night", "crew-7"),
            ("Pay with one click", "dana"),
            ("Resize images once", "crew-9"),
            ("Translate the receipt", "lee"),
            ("Forget old sessions", "kim"),
        ];
        const COURSES: [Plot; 5] = [STRAIGHT, FIXED, REVIEWED, ABANDONED, STRAIGHT];
        const LAYERS: [&str; 3] = ["CICDL", "API", "OASIS"];
        let n = usize::try_from(self.begun).unwrap_or_default();
        let id = self.first + self.begun;
        self.begun += 1;
        let pick = |n: usize, len: usize| n % len;
        let (title, author) = IDEAS.get(pick(n, IDEAS.len())).copied().unwrap_or_default();
        let course = COURSES.get(pick(n, COURSES.len())).copied().unwrap_or(STRAIGHT);
        let layer = LAYERS.get(pick(n, LAYERS.len())).copied().unwrap_or_default();
        (Task::new(&format!("DEV-{layer}-{id:04}"), id, title, author), course)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use oasis_core::verify::danger::trust_github;
    use oasis_core::{Arrival, Event, Normalizer, Status};

    use super::*;

    fn events(samples: &[Sample], now: Timestamp) -> Vec<Event> {
        let event = |sample: &Sample| {
            let body = serde_json::to_vec(&sample.payload).unwrap();
            let trusted = trust_github(sample.event, "d", &body);
            Normalizer::default().github(&trusted, Arrival::new(now, [0; 10]))
        };
        samples.iter().map(event).collect()
    }

    #[test]
    fn a_day_has_what_a_team_has_and_ends_now() {
        let now = oasis_axum::now();
        let day = events(&day(now), now);
        let with = |status| day.iter().filter(move |event| event.status == status).count();
        assert!(day.len() > 50 && with(Status::Failure) >= 5 && with(Status::Success) >= 15);
        let kinds: BTreeSet<_> = day.iter().map(|event| &*event.kind).collect();
        for kind in
            ["deployment_status", "issues", "pull_request_review", "check_run", "workflow_run"]
        {
            assert!(kinds.contains(kind), "{kind}");
        }
        let tasks: BTreeSet<_> = day.iter().filter_map(|event| event.vtid.clone()).collect();
        assert_eq!(tasks.len(), 5);
        let without = day.iter().filter(|event| event.vtid.is_none());
        assert_eq!(without.count(), 2, "the ping and a push that nobody gave a task");
        // GitHub's times are in whole seconds, where the payload says one.
        assert!(now.unix_millis() - day.last().unwrap().ts.unix_millis() < 1000);
        // A ping says nothing of its time.
        let timed = day.iter().filter(|event| event.kind != "ping");
        assert!(timed.is_sorted_by_key(|event| event.ts.unix_millis() / 60_000));
        assert!(!day.iter().any(|event| event.title.as_str().ends_with("UNPARSED")));
    }

    #[test]
    fn what_lies_ahead_has_no_end_and_a_task_for_each_event() {
        let now = oasis_axum::now();
        let mut ahead = Ahead::from(now);
        let samples: Vec<_> = (0..300).flat_map(|_| ahead.next(now)).collect();
        let events = events(&samples, now);
        assert!(events.len() >= 300);
        let tasks: BTreeSet<_> = events.iter().map(|event| event.vtid.clone().unwrap()).collect();
        assert!(tasks.len() > 20, "{tasks:?}");
    }
}
