//! The law of a [`PresenceStore`].

use futures_util::future::join_all;

use crate::event::Status;
use crate::store::{Presence, PresenceStore};
use crate::time::Timestamp;

/// Checks that a store which knows no agent yet keeps who of them is there.
///
/// ```
/// use oasis_core::conformance::presence_is_kept;
/// use oasis_core::{MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// presence_is_kept(&MemoryStore::new(|| Timestamp::UNIX_EPOCH)).await;
/// # }
/// ```
///
/// # Panics
/// When the store loses, mixes up or rewrites what it was told.
pub async fn presence_is_kept(store: &dyn PresenceStore) {
    let seen = |second: i64| Timestamp::from_unix_millis(1_761_739_200_123 + 1000 * second);
    assert_eq!(all(store).await, [], "a store that was told nothing knows somebody");
    assert_eq!(one(store, "b").await, None, "a store that was told nothing knows somebody");

    let plain = Presence::new("b".to_owned(), "worker".to_owned(), seen(0));
    note(store, &plain).await;
    let mut full = Presence::new("a 'quoted' Ä %_".to_owned(), "planner".to_owned(), seen(1));
    full.vtid = "DEV-CICDL-0031".parse().ok();
    full.status = Status::Warning;
    full.interval = std::time::Duration::from_secs(86_400);
    full.meta.insert("deep".into(), serde_json::json!({ "n": [1, null, "ß\n\"\\"] }));
    note(store, &full).await;
    assert_eq!(all(store).await, [full.clone(), plain.clone()], "not what was told, by name");
    assert_eq!(one(store, &full.agent).await.as_ref(), Some(&full), "not what was told");
    assert_eq!(one(store, "B").await, None, "names that differ in case are two names");

    let mut gone = full.clone();
    gone.seen = seen(2);
    gone.meta.insert("signed_off".into(), true.into());
    note(store, &gone).await;
    let kept = one(store, &full.agent).await;
    assert!(kept.is_some_and(|kept| kept.has_signed_off()), "who signed off has gone");

    let mut later = plain.clone();
    later.seen = seen(60);
    later.role = "reviewer".to_owned();
    note(store, &later).await;
    // It comes late: of another replica, or from a clock that is behind.
    note(store, &plain).await;
    assert_eq!(one(store, "b").await, Some(later), "the later heartbeat must stay");

    let crowd: Vec<_> = (0..100)
        .map(|n| Presence::new(format!("crew-{n:02}"), "worker".to_owned(), seen(n)))
        .collect();
    join_all(crowd.iter().map(|presence| note(store, presence))).await;
    let kept: Vec<_> = all(store).await.into_iter().filter(|it| crowd.contains(it)).collect();
    assert_eq!(kept, crowd, "of many at once each is noted");
}

async fn note(store: &dyn PresenceStore, presence: &Presence) {
    if let Err(error) = store.note(presence.clone()).await {
        panic!("a heartbeat was not noted: {error} ({:?})", std::error::Error::source(&error));
    }
}

async fn one(store: &dyn PresenceStore, name: &str) -> Option<Presence> {
    store.agent(name).await.unwrap_or_else(|error| panic!("{name} can't be read: {error}"))
}

async fn all(store: &dyn PresenceStore) -> Vec<Presence> {
    store.agents().await.unwrap_or_else(|error| panic!("the agents can't be read: {error}"))
}
