//! The ledger beside others on its server, and moved to another one.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use oasis_core::{EventStore, EventStoreExt, Position, Query};
use oasis_sqlx::PostgresStore;

use crate::cluster::{Cluster, execute, postgres, psql, run, stranger};
use crate::event;

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_stays_open_elsewhere_delays_no_reader() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    // In another database, and in this one: a reader that went by transactions would wait for both.
    let mut others = Vec::new();
    for url in [Cluster::shared().database().await, url] {
        let mut other = stranger(&url).await;
        let open = "CREATE TABLE theirs (n int); BEGIN; INSERT INTO theirs VALUES (1)";
        execute(&mut other, open).await;
        others.push(other);
    }
    let mut follow = store.follow(None);
    for n in 0..20 {
        let start = Instant::now();
        store.append_one(event(n)).await.unwrap();
        let rows = follow.next().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_that_is_restored_goes_on_where_it_was() {
    for layout in ["SELECT 1", "SELECT oasis_partition(8)"] {
        let from = Cluster::shared().database().await;
        let store = PostgresStore::connect(&from).await.unwrap();
        execute(&mut stranger(&from).await, layout).await;
        store.append((0..10).map(event).collect()).await.unwrap();
        store.append((10..50).map(event).collect()).await.unwrap();
        let before = store.read_after(None, Query::MAX_LIMIT).await.unwrap();

        let to = Cluster::shared().database().await;
        // Postgres 12 gets it with the dump.
        let own = "DROP FUNCTION IF EXISTS public.gen_random_uuid()";
        execute(&mut stranger(&to).await, own).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dump.sql");
        run(std::process::Command::new(postgres("pg_dump")).arg("-f").arg(&file).arg(&from));
        let restored = psql(
            &to,
            &[OsStr::new("-o"), OsStr::new("/dev/null"), OsStr::new("-f"), file.as_os_str()],
        );
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));

        let restored = PostgresStore::connect(&to).await.unwrap();
        // A reader that was at 20 goes on, and each delivery is known.
        let after = restored.read_after(Position::new(20), Query::MAX_LIMIT).await.unwrap();
        assert_eq!(after, before[20..]);
        let again = restored.append((0..60).map(event).collect()).await.unwrap();
        assert_eq!(again.iter().filter(|one| one.duplicate).count(), 50);
        assert_eq!(restored.head().await.unwrap(), Position::new(60));
        assert_eq!(restored.get(event(3).id).await.unwrap().as_ref(), Some(&before[3]));
    }
}
