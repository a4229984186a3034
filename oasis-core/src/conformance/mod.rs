//! The laws that every store keeps, as tests that a store runs on itself.
//!
//! Who writes an [`EventStore`] depends on this crate with the feature `conformance` in its
//! `[dev-dependencies]` and names its store once. There is no list to choose from: a store keeps
//! all laws, and a law that is added here is a test there with the next build.
//!
//! ```
//! use oasis_core::{MemoryStore, Timestamp};
//! use oasis_core::conformance::event_store_conformance;
//!
//! /// A ledger that is empty and nobody else's, and what must outlive it: a folder, a database.
//! async fn fresh() -> (MemoryStore, ()) {
//!     (MemoryStore::new(|| Timestamp::UNIX_EPOCH), ())
//! }
//!
//! event_store_conformance!(#[tokio::test(flavor = "multi_thread")] tokio::spawn, fresh().await);
//! # fn main() {}
//! ```
//!
//! Each test gets a store of its own. The laws need nothing of the runtime but a function that
//! starts a task. A text with a NUL is in none of them, because Postgres has none; whatever makes
//! events replaces it.
//!
//! [`EventStore`]: crate::EventStore

#![expect(clippy::panic, reason = "a law that is broken fails the test that checks it")]

mod appending;
mod asking;
mod chance;
mod checkpoint;
mod concurrency;
mod content;
mod filtering;
mod history;
mod identity;
mod once;
mod paging;
mod presence;
mod samples;
mod trial;
mod watching;

pub use crate::event_store_conformance;
pub use checkpoint::checkpoints_are_kept;
pub use history::a_history_is_kept;
pub use presence::presence_is_kept;
pub use trial::{Task, Trial};

/// The laws as functions: for a test harness that isn't Rust's own.
///
/// ```
/// use oasis_core::conformance::laws;
///
/// assert!(laws().iter().any(|law| law.name() == "a_redelivery_gets_the_first_row"));
/// ```
#[must_use]
pub fn laws() -> &'static [Law] {
    event_store_conformance!(@list { LAWS })
}

/// One promise of a store, put as a question that a store fails with a panic.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    name: &'static str,
    check: fn(Trial) -> Task,
}

impl Law {
    /// What is promised.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Puts a store to the test; it must be empty and nobody else's.
    ///
    /// # Panics
    /// What it returns panics when the store breaks the law, with a text that says how.
    #[must_use]
    pub fn check(&self, trial: Trial) -> Task {
        (self.check)(trial)
    }
}

/// One test for each [law](crate::conformance) that a store keeps.
///
/// It takes the attribute that makes a test of an async function, the function that starts a task,
/// and an expression that makes a store and what must outlive it; see the
/// [module](crate::conformance) for an example.
#[macro_export]
macro_rules! event_store_conformance {
    (@list $then:tt) => {
        $crate::event_store_conformance! { @$then
            an_empty_ledger_holds_nothing
            an_empty_batch_changes_nothing
            positions_are_dense_across_batches
            a_batch_is_answered_in_its_order
            a_large_batch_is_recorded_whole
            a_dropped_append_is_whole_or_absent
            a_redelivery_gets_the_first_row
            a_redelivery_inside_its_batch_gets_the_first_row
            the_source_is_part_of_the_delivery
            events_without_a_delivery_are_never_duplicates
            an_event_that_comes_again_gets_its_row
            an_event_that_comes_again_inside_its_batch_gets_its_row
            the_delivery_counts_before_the_id
            concurrent_appends_are_dense_and_once
            a_reader_beside_writers_meets_each_row_once
            whatever_goes_in_comes_out
            an_event_is_found_by_its_id
            the_head_is_the_newest_position
            each_filter_gives_what_matches_says
            a_text_is_searched_for_as_it_is
            pages_visit_each_match_once
            a_page_starts_after_any_position
            pages_into_the_past_are_not_moved_by_new_events
            an_offset_passes_over_matches
            a_page_may_have_any_limit
            changed_returns_at_once_for_what_is_there
            changed_wakes_everybody_who_waits
            changed_can_be_dropped
        }
    };
    (@{ LAWS } $($law:ident)+) => {
        &[$($crate::conformance::Law {
            name: stringify!($law),
            check: |trial| Box::pin($crate::conformance::$law(trial)),
        }),+]
    };
    (@{ $attributes:tt $spawn:path, $fresh:expr } $($law:ident)+) => {
        $($crate::event_store_conformance! { @test $law $attributes $spawn, $fresh })+
    };
    (@test $law:ident [$(#[$attribute:meta])+] $spawn:path, $fresh:expr) => {
        $(#[$attribute])+
        async fn $law() {
            let (store, _outlives) = $fresh;
            let trial = $crate::conformance::Trial::new(
                ::std::sync::Arc::new(store),
                |task| drop($spawn(task)),
            );
            $crate::conformance::$law(trial).await;
        }
    };
    ($(#[$attribute:meta])+ $spawn:path, $fresh:expr $(,)?) => {
        $crate::event_store_conformance! { @list { [$(#[$attribute])+] $spawn, $fresh } }
    };
}

pub use appending::{
    a_batch_is_answered_in_its_order, a_dropped_append_is_whole_or_absent,
    a_large_batch_is_recorded_whole, an_empty_batch_changes_nothing,
    positions_are_dense_across_batches,
};
pub use asking::{
    an_empty_ledger_holds_nothing, an_event_is_found_by_its_id, the_head_is_the_newest_position,
};
pub use concurrency::{
    a_reader_beside_writers_meets_each_row_once, concurrent_appends_are_dense_and_once,
};
pub use content::whatever_goes_in_comes_out;
pub use filtering::{a_text_is_searched_for_as_it_is, each_filter_gives_what_matches_says};
pub use identity::{
    an_event_that_comes_again_gets_its_row,
    an_event_that_comes_again_inside_its_batch_gets_its_row, the_delivery_counts_before_the_id,
};
pub use once::{
    a_redelivery_gets_the_first_row, a_redelivery_inside_its_batch_gets_the_first_row,
    events_without_a_delivery_are_never_duplicates, the_source_is_part_of_the_delivery,
};
pub use paging::{
    a_page_may_have_any_limit, a_page_starts_after_any_position, an_offset_passes_over_matches,
    pages_into_the_past_are_not_moved_by_new_events, pages_visit_each_match_once,
};
pub use watching::{
    changed_can_be_dropped, changed_returns_at_once_for_what_is_there,
    changed_wakes_everybody_who_waits,
};
