//! The content: a ledger changes nothing.

use super::chance::Chance;
use super::samples::{START, hard, mixed, plain};
use super::trial::{Trial, ok};
use crate::store::{EventFilter, Query};
use crate::time::Timestamp;

/// Every field comes back as it was appended, by every way of reading.
pub async fn whatever_goes_in_comes_out(trial: Trial) {
    let moments = [
        Timestamp::MIN,
        Timestamp::from_unix_millis(-1),
        Timestamp::UNIX_EPOCH,
        START.saturating_add_millis(1),
        Timestamp::MAX,
    ];
    let mut chance = Chance::new(7);
    let mut events = vec![plain(0)];
    events.extend(moments.into_iter().zip(1..).map(|(ts, n)| hard(n, ts)));
    events.extend((100..140).map(|n| mixed(n, &mut chance)));
    let answers = trial.append(events.clone()).await;
    let page = trial.page(&Query::after(EventFilter::default(), None, 100)).await;
    assert_eq!(page.events.len(), events.len(), "each event is on the page");
    for ((event, row), answer) in events.iter().zip(&page.events).zip(&answers) {
        let held = &row.event;
        let both = (event, held);
        macro_rules! kept {
            ($($field:ident)+) => {
                $(assert_eq!(both.0.$field, both.1.$field, "`{}` comes out as it went in", stringify!($field));)+
            };
        }
        kept!(id ts vtid layer module source kind status title reference link meta delivery_id);
        assert_eq!(*row, answer.recorded, "a row is read as its append was answered");
        let found = ok("get", trial.store.get(event.id).await);
        assert_eq!(found.as_ref(), Some(row), "an event is found as it is listed");
    }
    let again = trial
        .append(events.clone().into_iter().filter(|e| e.delivery_id.is_some()).collect())
        .await;
    for answer in again {
        assert!(answer.duplicate, "a delivery is known again, whatever its id looks like");
        assert!(
            page.events.contains(&answer.recorded),
            "a duplicate is answered as it was recorded"
        );
    }
}
