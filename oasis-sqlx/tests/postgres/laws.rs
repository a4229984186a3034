//! The laws of every store, over Postgres in each of its forms.

mod direct {
    use oasis_core::conformance::event_store_conformance;

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (crate::fresh().await, ())
    );
}

mod grouped {
    use std::sync::Arc;

    use oasis_core::GroupCommit;
    use oasis_core::conformance::event_store_conformance;

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (GroupCommit::new(Arc::new(crate::fresh().await)), ())
    );
}

mod behind_pgbouncer {
    use oasis_core::conformance::event_store_conformance;
    use oasis_sqlx::PostgresStore;

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (PostgresStore::connect(&crate::bouncer::database().await).await.unwrap(), ())
    );
}

/// A host whose transactions are SERIALIZABLE unless they say something else.
mod isolated {
    use oasis_core::conformance::event_store_conformance;
    use oasis_sqlx::PostgresStore;

    async fn fresh() -> PostgresStore {
        let url = crate::Cluster::shared().database().await;
        let url = format!("{url}?options=-cdefault_transaction_isolation%3Dserializable");
        PostgresStore::connect(&url).await.unwrap()
    }

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (fresh().await, ())
    );
}

/// A table in partitions of seven rows, so that each law meets their borders.
mod partitioned {
    use oasis_core::conformance::event_store_conformance;

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (crate::partitions::fresh().await, ())
    );
}

mod partitioned_and_grouped {
    use std::sync::Arc;

    use oasis_core::GroupCommit;
    use oasis_core::conformance::event_store_conformance;

    event_store_conformance!(
        #[tokio::test(flavor = "multi_thread")]
        tokio::spawn,
        (GroupCommit::new(Arc::new(crate::partitions::fresh().await)), ())
    );
}

#[tokio::test]
async fn who_of_the_agents_is_there_is_kept() {
    oasis_core::conformance::presence_is_kept(&crate::fresh().await).await;
    let url = crate::bouncer::database().await;
    let pooled = oasis_sqlx::PostgresStore::connect(&url).await.unwrap();
    oasis_core::conformance::presence_is_kept(&pooled).await;
}

#[tokio::test]
async fn how_far_a_source_was_read_is_kept() {
    oasis_core::conformance::checkpoints_are_kept(&crate::fresh().await).await;
    let url = crate::bouncer::database().await;
    let pooled = oasis_sqlx::PostgresStore::connect(&url).await.unwrap();
    oasis_core::conformance::checkpoints_are_kept(&pooled).await;
}
