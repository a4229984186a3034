//! The suite bites: each broken store fails the law that its fault breaks.

use std::sync::Arc;
use std::time::Duration;

use oasis_core::conformance::{Law, Trial, laws};

use crate::broken::{Broken, Fault};

const FAULTS: &[(Fault, &str)] = &[
    (Fault::ForgetsDeliveries, "a_redelivery_gets_the_first_row"),
    (Fault::ForgetsDeliveries, "a_redelivery_inside_its_batch_gets_the_first_row"),
    (Fault::ForgetsDeliveries, "concurrent_appends_are_dense_and_once"),
    (Fault::ForgetsTheSource, "the_source_is_part_of_the_delivery"),
    (Fault::TakesUnkeyedForDuplicates, "events_without_a_delivery_are_never_duplicates"),
    (Fault::ForgetsIds, "an_event_that_comes_again_gets_its_row"),
    (Fault::ForgetsIds, "an_event_that_comes_again_inside_its_batch_gets_its_row"),
    (Fault::PutsTheIdFirst, "the_delivery_counts_before_the_id"),
    (Fault::AnswersInReverse, "a_batch_is_answered_in_its_order"),
    (Fault::AppendsOneByOne, "a_dropped_append_is_whole_or_absent"),
    (Fault::AnswersBeforeItRecords, "an_event_is_found_by_its_id"),
    (Fault::AnswersBeforeItRecords, "the_head_is_the_newest_position"),
    (Fault::SkipsASlowWriter, "a_reader_beside_writers_meets_each_row_once"),
    (Fault::LosesTheEndOfLargeBatches, "a_large_batch_is_recorded_whole"),
    (Fault::LeavesGaps, "positions_are_dense_across_batches"),
    (Fault::LeavesGaps, "a_reader_beside_writers_meets_each_row_once"),
    (Fault::ReversesPages, "each_filter_gives_what_matches_says"),
    (Fault::IgnoresLimit, "pages_visit_each_match_once"),
    (Fault::IgnoresAfter, "a_page_starts_after_any_position"),
    (Fault::IgnoresAfter, "pages_into_the_past_are_not_moved_by_new_events"),
    (Fault::IgnoresOffset, "an_offset_passes_over_matches"),
    (Fault::OverflowsLimit, "a_page_may_have_any_limit"),
    (Fault::EndsPagesEarly, "pages_visit_each_match_once"),
    (Fault::NeverEndsPages, "pages_visit_each_match_once"),
    (Fault::IgnoresFilter("vtid"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("layer"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("module"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("source"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("kind"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("status"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("since"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("until"), "each_filter_gives_what_matches_says"),
    (Fault::IgnoresFilter("text"), "a_text_is_searched_for_as_it_is"),
    (Fault::ReadsWildcards, "a_text_is_searched_for_as_it_is"),
    (Fault::MindsCase, "a_text_is_searched_for_as_it_is"),
    (Fault::CountsEverything, "each_filter_gives_what_matches_says"),
    (Fault::Loses("ts"), "whatever_goes_in_comes_out"),
    (Fault::Loses("reference"), "whatever_goes_in_comes_out"),
    (Fault::Loses("link"), "whatever_goes_in_comes_out"),
    (Fault::Loses("delivery_id"), "whatever_goes_in_comes_out"),
    (Fault::Loses("meta"), "whatever_goes_in_comes_out"),
    (Fault::Loses("precision"), "whatever_goes_in_comes_out"),
    (Fault::FindsAnything, "an_event_is_found_by_its_id"),
    (Fault::HasNoHead, "the_head_is_the_newest_position"),
    (Fault::NeverWakes, "changed_wakes_everybody_who_waits"),
];

#[tokio::test]
async fn each_broken_store_fails_the_law_that_it_breaks() {
    for (fault, name) in FAULTS {
        let law = laws().iter().find(|law| law.name() == *name).unwrap();
        assert!(!keeps(law, *fault).await, "{fault:?} keeps {name}");
    }
}

#[tokio::test]
async fn without_a_fault_the_same_store_keeps_all_laws() {
    for law in laws() {
        assert!(keeps(law, Fault::None).await, "{}", law.name());
    }
}

#[test]
fn the_names_of_the_laws_differ() {
    let mut names: Vec<_> = laws().iter().map(Law::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), laws().len());
}

async fn keeps(law: &Law, fault: Fault) -> bool {
    let trial = Trial::new(Arc::new(Broken::new(fault)), |task| drop(tokio::spawn(task)))
        .with_patience(Duration::from_millis(200));
    match tokio::spawn(law.check(trial)).await {
        Ok(()) => true,
        Err(ended) => {
            assert!(ended.is_panic());
            false
        }
    }
}
