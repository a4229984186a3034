//! Pages: each match once, however they are cut.

use super::samples::plain;
use super::trial::Trial;
use crate::event::{Position, Status};
use crate::store::{EventFilter, Order, Query};

const ORDERS: [Order; 2] = [Order::Ascending, Order::Descending];

/// Whatever the limit, the pages are full but for the last, hold each match once and end where
/// the matches end.
pub async fn pages_visit_each_match_once(trial: Trial) {
    let (filter, matches) = prepare(&trial).await;
    for order in ORDERS {
        let wanted = in_order(&matches, order);
        for limit in [1, 2, 3, 5, 7, 19, 20, 21, 1000] {
            let mut query = Query::newest(filter.clone(), limit);
            query.order = order;
            let mut visited = Vec::new();
            loop {
                let page = trial.page(&query).await;
                visited.extend(page.events.iter().map(|row| row.position.get()));
                let more = visited.len() < wanted.len();
                assert_eq!(
                    page.next.is_some(),
                    more,
                    "there is a next page where there is more: {query:?}"
                );
                let Some(next) = page.next else { break };
                assert_eq!(
                    page.events.len(),
                    limit,
                    "a page before another one is full: {query:?}"
                );
                // Through its text, as a client brings it.
                let next = next.to_string().parse();
                query = query.from_cursor(next.unwrap_or_else(|error| panic!("{error}")));
            }
            assert_eq!(visited, wanted, "pages of {limit} visit each match once, {order:?}");
        }
    }
}

/// A page may start after any position, also after one that doesn't match or doesn't exist.
pub async fn a_page_starts_after_any_position(trial: Trial) {
    let (filter, matches) = prepare(&trial).await;
    for order in ORDERS {
        for after in (1..=45).chain([u64::MAX]) {
            let mut query = Query::after(filter.clone(), Position::new(after), 1000);
            query.order = order;
            let wanted: Vec<_> = in_order(&matches, order)
                .into_iter()
                .filter(|&position| match order {
                    Order::Ascending => position > after,
                    Order::Descending => position < after,
                })
                .collect();
            assert_eq!(
                visit(&trial, &query).await,
                wanted,
                "a page starts after {after}, {order:?}"
            );
        }
    }
}

/// Who goes back through the past meets nothing twice, whatever is appended meanwhile.
pub async fn pages_into_the_past_are_not_moved_by_new_events(trial: Trial) {
    trial.append((0..10).map(plain).collect()).await;
    let mut query = Query::newest(EventFilter::default(), 3);
    let mut visited = Vec::new();
    for n in 10.. {
        let page = trial.page(&query).await;
        visited.extend(page.events.iter().map(|row| row.position.get()));
        assert!(visited.len() <= 10, "the past ends with its first row; visited: {visited:?}");
        let Some(next) = page.next else { break };
        query = query.from_cursor(next);
        trial.append(vec![plain(n)]).await;
    }
    assert_eq!(visited, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], "the past stays where it is");
}

/// An offset passes over so many matches, not rows, and counts from where the page starts.
pub async fn an_offset_passes_over_matches(trial: Trial) {
    let (filter, matches) = prepare(&trial).await;
    for order in ORDERS {
        for after in [None, Position::new(20)] {
            let mut query = Query::after(filter.clone(), after, 4);
            query.order = order;
            query.limit = 1000;
            let all = visit(&trial, &query).await;
            query.limit = 4;
            for offset in [0, 1, 3, 19, 20, 21, u64::MAX] {
                query.offset = offset;
                let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
                let wanted: Vec<_> = all.iter().copied().skip(skipped).take(4).collect();
                assert_eq!(
                    visit(&trial, &query).await,
                    wanted,
                    "an offset passes over matches: {query:?}"
                );
            }
        }
    }
    assert_eq!(matches.len(), 20, "half of the rows match");
}

/// A page may be asked for with no bound, and with no room.
pub async fn a_page_may_have_any_limit(trial: Trial) {
    let (filter, matches) = prepare(&trial).await;
    for order in [Order::Ascending, Order::Descending] {
        let mut query = Query::newest(filter.clone(), 1);
        query.order = order;
        query.limit = usize::MAX;
        let page = trial.page(&query).await;
        assert_eq!(page.events.len(), matches.len(), "a page without a bound holds every match");
        assert_eq!(page.next, None, "nothing comes after a page that holds every match");
        query.limit = 0;
        let page = trial.page(&query).await;
        assert!(page.events.is_empty(), "a page without room holds nothing");
    }
}

/// Forty rows of which each second one matches; the positions of those.
async fn prepare(trial: &Trial) -> (EventFilter, Vec<u64>) {
    let events = (0..40).map(|n| {
        let mut event = plain(n);
        event.status = if n % 2 == 0 { Status::Failure } else { Status::Success };
        event
    });
    let answers = trial.append(events.collect()).await;
    let filter = EventFilter { status: Some(Status::Failure), ..EventFilter::default() };
    let matches = answers
        .iter()
        .filter(|answer| filter.matches(&answer.recorded.event))
        .map(|answer| answer.recorded.position.get())
        .collect();
    (filter, matches)
}

fn in_order(positions: &[u64], order: Order) -> Vec<u64> {
    let mut positions = positions.to_vec();
    if order == Order::Descending {
        positions.reverse();
    }
    positions
}

async fn visit(trial: &Trial, query: &Query) -> Vec<u64> {
    let page = trial.page(query).await;
    page.events.iter().map(|row| row.position.get()).collect()
}
