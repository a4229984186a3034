//! The ledger whose table is partitioned: what it was before, and what is new.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt, Position, Query, StoreErrorKind};
use oasis_sqlx::PostgresStore;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::cluster::{Cluster, execute, stranger};
use crate::event;
use crate::migrations::{PHASE1, run_files, texts};

/// A new ledger in partitions so small that a batch spans several.
pub(crate) async fn fresh() -> PostgresStore {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    partition(&url, 7).await;
    store
}

/// Makes the second layout of a ledger, or says how large later partitions are.
pub(crate) async fn partition(url: &str, rows: u64) {
    execute(&mut stranger(url).await, &format!("SELECT oasis_partition({rows})")).await;
}

const PARTITIONS: &str = "SELECT relname::text || pg_get_expr(relpartbound, oid) FROM pg_class \
     WHERE relispartition AND relkind = 'r' ORDER BY length(relname), relname";
const KEYS: &str = "SELECT concat_ws(' ', position, id, source, delivery_id) FROM oasis_keys \
     ORDER BY position";
const KEYS_OF_EVENTS: &str =
    "SELECT concat_ws(' ', position, id, source, delivery_id) FROM oasis_events ORDER BY position";

async fn keys_are_those_of_the_events(connection: &mut PgConnection) {
    assert_eq!(texts(connection, KEYS).await, texts(connection, KEYS_OF_EVENTS).await);
}

#[tokio::test]
async fn a_ledger_that_is_partitioned_goes_on_as_it_was() {
    let url = Cluster::shared().database().await;
    // This one was opened before, and nobody tells it.
    let store = PostgresStore::connect(&url).await.unwrap();
    let before = store.append((0..30).map(event).collect()).await.unwrap();
    partition(&url, 10).await;

    let again = store.append((0..60).map(event).collect()).await.unwrap();
    for (first, again) in before.iter().zip(&again) {
        assert!(again.duplicate && again.recorded == first.recorded);
        assert_eq!(
            store.get(first.recorded.event.id).await.unwrap().as_ref(),
            Some(&first.recorded)
        );
    }
    let positions = again.iter().map(|one| one.recorded.position.get());
    assert!(positions.eq(1..=60), "it goes on where it was");
    // The same event under another delivery id, from a partition that was closed long ago.
    let mut renamed = event(3);
    renamed.delivery_id = Some("another".to_owned());
    let renamed = store.append(vec![event(60), renamed]).await.unwrap();
    assert!(!renamed[0].duplicate && renamed[1].duplicate);
    assert_eq!(renamed[1].recorded, before[3].recorded);

    let mut connection = stranger(&url).await;
    let made = [
        "oasis_events_p1FOR VALUES FROM ('1') TO ('41')",
        // As large as the batch needed.
        "oasis_events_p41FOR VALUES FROM ('41') TO ('61')",
        "oasis_events_p61FOR VALUES FROM ('61') TO ('71')",
    ];
    assert_eq!(texts(&mut connection, PARTITIONS).await, made, "and one that is needed soon");
    keys_are_those_of_the_events(&mut connection).await;

    // The files may run again, and the call may come again: it says how large the next ones are.
    run_files(&url);
    partition(&url, 1000).await;
    let opened = PostgresStore::connect(&url).await.unwrap();
    opened.append((60..100).map(event).collect()).await.unwrap();
    assert_eq!(
        texts(&mut connection, PARTITIONS).await[3..],
        ["oasis_events_p71FOR VALUES FROM ('71') TO ('1071')"]
    );
    let rows = opened.read_after(None, Query::MAX_LIMIT).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(1..=100));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_may_be_partitioned_under_load() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in (writer..400).step_by(8) {
                    // Each delivery twice, before and after or both.
                    let first = store.append_one(event(n)).await.unwrap().recorded;
                    assert_eq!(store.append_one(event(n)).await.unwrap().recorded, first);
                }
            })
        })
        .collect();
    while store.head().await.unwrap() < Position::new(100) {
        tokio::task::yield_now().await;
    }
    partition(&url, 20).await;
    for writer in writers {
        writer.await.unwrap();
    }
    let rows = store.read_after(None, Query::MAX_LIMIT).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(1..=400));
    let distinct: BTreeSet<_> = rows.into_iter().map(|row| row.event.delivery_id).collect();
    assert_eq!(distinct.len(), 400);
    keys_are_those_of_the_events(&mut stranger(&url).await).await;
}

#[tokio::test]
async fn a_partition_that_a_session_has_yet_to_hear_of_is_waited_for() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let mut connection = stranger(&url).await;
    // The moment lies within the server's commit, so what a session meets in it is said by a function in
    // front of the other; a sequence counts also what is rolled back.
    let columns = "uuid[], timestamptz[]".to_owned() + &", text[]".repeat(11);
    let values = (1..=13).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    let in_front = format!(
        "CREATE SEQUENCE calls;
        ALTER FUNCTION oasis_append({columns}) RENAME TO oasis_append_behind;
        CREATE FUNCTION oasis_append({columns}) RETURNS TABLE (
            ordinal bigint, \"position\" bigint, created_at timestamptz, duplicate boolean
        ) LANGUAGE plpgsql AS $$
        BEGIN
            IF nextval('calls') <= 3 THEN
                RAISE 'no partition of relation found for row' USING ERRCODE = 'check_violation';
            END IF;
            RETURN QUERY SELECT * FROM oasis_append_behind({values});
        END $$;"
    );
    execute(&mut connection, &in_front).await;
    let told = store.append(vec![event(1), event(2)]).await.unwrap();
    assert!(told.iter().map(|one| one.recorded.position.get()).eq(1..=2));
    // Who never hears of it is told.
    execute(
        &mut connection,
        "SELECT setval('calls', 1); ALTER SEQUENCE calls INCREMENT -1 MINVALUE -99",
    )
    .await;
    assert!(store.append(vec![event(3), event(4)]).await.is_err());
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 2);
}

#[tokio::test]
async fn a_delivery_is_there_once_whoever_writes() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    partition(&url, 10).await;
    store.append((0..30).map(event).collect()).await.unwrap();
    let mut connection = stranger(&url).await;
    let copy = |columns: &str| {
        format!(
            "INSERT INTO oasis_events SELECT 31, {columns}, created_at, occurred_at, vtid, layer, \
             module, source, kind, status, title, ref, link, meta, delivery_id FROM oasis_events \
             WHERE position = 2"
        )
    };
    for (columns, broken) in
        [("id", "oasis_events_pkey"), ("md5('new')::uuid", "oasis_events_delivery")]
    {
        let refused = sqlx::raw_sql(AssertSqlSafe(copy(columns))).execute(&mut connection).await;
        let refused = refused.unwrap_err();
        let constraint = refused.as_database_error().and_then(|error| error.constraint());
        assert_eq!(constraint, Some(broken), "{refused}");
    }
    for change in [
        "UPDATE oasis_events SET delivery_id = 'moved' WHERE position = 3",
        "UPDATE oasis_events SET id = md5('other')::uuid WHERE position = 4",
        "DELETE FROM oasis_events WHERE position IN (1, 12, 23)",
        "TRUNCATE oasis_events",
    ] {
        execute(&mut connection, change).await;
        keys_are_those_of_the_events(&mut connection).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_old_as_a_whole_is_dropped_and_the_rest_deleted() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    partition(&url, 100).await;
    for n in (0..1150).step_by(50) {
        store.append((n..n + 50).map(event).collect()).await.unwrap();
    }
    let old = store.read_after(None, 1).await.unwrap()[0].recorded_at;
    let mut connection = stranger(&url).await;
    // The first 750 are of yesterday, but for one of them: clocks jump.
    let yesterday = "UPDATE oasis_events SET created_at = created_at - interval '1 day' \
         WHERE position <= 750 AND position <> 420";
    execute(&mut connection, yesterday).await;

    assert_eq!(store.prune(old).await.unwrap(), 419);
    let names = |partitions: &[String]| {
        let names = partitions.iter().map(|one| one.split("FOR").next().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let left = names(&texts(&mut connection, PARTITIONS).await);
    assert_eq!(left[0], "oasis_events_p401", "the first that holds something young: {left:?}");
    let rows = store.read_after(None, Query::MAX_LIMIT).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(420..=1150));
    keys_are_those_of_the_events(&mut connection).await;

    // Beside readers, who are in the way of a drop, and appends, which wait for it shortly.
    execute(&mut connection, "BEGIN; SELECT count(*) FROM oasis_events").await;
    let pruning = store.clone();
    let pruning =
        tokio::spawn(async move { pruning.prune(oasis_core::Timestamp::MAX).await.unwrap() });
    let mut watcher = stranger(&url).await;
    let dropping = "SELECT query FROM pg_stat_activity WHERE datname = current_database() \
         AND wait_event_type IN ('Lock', 'Timeout') AND query LIKE '%oasis_drop_oldest%'";
    while texts(&mut watcher, dropping).await.is_empty() {
        tokio::task::yield_now().await;
    }
    for n in 1150..1170 {
        let start = Instant::now();
        store.append_one(event(n)).await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
    assert!(!pruning.is_finished(), "the reader is still there");
    execute(&mut connection, "COMMIT").await;
    assert_eq!(pruning.await.unwrap(), 751 - 1);
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 1);
    assert_eq!(store.head().await.unwrap(), Position::new(1170));
    keys_are_those_of_the_events(&mut connection).await;
    let again = store.append_one(event(5)).await.unwrap();
    assert!(!again.duplicate, "what is gone is new when it comes again");
    assert_eq!(again.recorded.position.get(), 1171);
}

#[tokio::test]
async fn partitions_are_made_ahead_so_nobody_in_the_way_stops_an_append() {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    partition(&url, 10).await;
    let mut other = stranger(&url).await;
    // What ANALYZE and CREATE INDEX CONCURRENTLY hold.
    let hold = "BEGIN; LOCK TABLE oasis_events IN SHARE UPDATE EXCLUSIVE MODE";
    execute(&mut other, hold).await;
    store.append((0..5).map(event).collect()).await.unwrap();
    store.append((5..10).map(event).collect()).await.unwrap();
    let full = store.append_one(event(10)).await.unwrap_err();
    assert_eq!(full.kind(), StoreErrorKind::Unavailable, "{full:?}");
    execute(&mut other, "COMMIT").await;
    let late = store.append((10..60).map(event).collect()).await.unwrap();
    assert_eq!(late[0].recorded.position.get(), 11, "nothing was burnt");
}

#[tokio::test]
async fn what_would_see_the_first_partition_alone_is_named_and_nothing_is_done() {
    for (others, named) in [
        ("CREATE VIEW failures AS SELECT * FROM oasis_events", "view failures"),
        ("CREATE TABLE t (e uuid REFERENCES oasis_events (id))", "on table t"),
        ("CREATE INDEX mine ON oasis_events (kind)", "index mine"),
        ("CREATE PUBLICATION p FOR TABLE oasis_events", "publication p"),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
             CREATE TRIGGER hook AFTER INSERT ON oasis_events EXECUTE FUNCTION f()",
            "trigger hook",
        ),
        (
            "CREATE ROLE not_the_owner; GRANT ALL ON ALL TABLES IN SCHEMA public TO not_the_owner; \
             GRANT EXECUTE ON FUNCTION oasis_partition TO not_the_owner; SET ROLE not_the_owner",
            "only the owner",
        ),
    ] {
        let url = Cluster::shared().database().await;
        let store = PostgresStore::connect(&url).await.unwrap();
        store.append_one(event(1)).await.unwrap();
        let mut connection = stranger(&url).await;
        execute(&mut connection, others).await;
        let refused = sqlx::raw_sql("SELECT oasis_partition(100)").execute(&mut connection).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(named), "{refused}");
        assert!(store.append_one(event(1)).await.unwrap().duplicate);
    }
}

#[tokio::test]
async fn the_earlier_phase_s_columns_go_before_the_table_is_partitioned() {
    let url = Cluster::shared().database().await;
    let mut connection = stranger(&url).await;
    execute(&mut connection, PHASE1).await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let before = store.read_after(None, 10).await.unwrap();
    let refused = sqlx::raw_sql("SELECT oasis_partition(100)").execute(&mut connection).await;
    assert!(refused.unwrap_err().to_string().contains("drop topic, service, role"));
    let drop = "ALTER TABLE oasis_events DROP topic, DROP service, DROP role, DROP model, \
         DROP message, DROP metadata; DROP INDEX idx_oasis_events_created_at";
    execute(&mut connection, drop).await;
    partition(&url, 3).await;
    store.append((0..20).map(event).collect()).await.unwrap();
    run_files(&url);
    assert_eq!(
        PostgresStore::connect(&url).await.unwrap().read_after(None, 4).await.unwrap(),
        before
    );
}

#[tokio::test]
async fn rights_stay_as_they_were_and_a_partition_is_nobody_else_s() {
    // Roles belong to the whole server, so this one has a server of its own.
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    let mut connection = stranger(&url).await;
    let roles = "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role LOGIN; \
         CREATE ROLE team LOGIN; \
         ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated, service_role; \
         ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO anon, authenticated; \
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC";
    execute(&mut connection, roles).await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append((0..10).map(event).collect()).await.unwrap();
    // A policy of the host's own, which shows its role a part.
    let team = "GRANT SELECT ON oasis_events TO team; \
         CREATE POLICY part ON oasis_events FOR SELECT TO team USING (position <= 3)";
    execute(&mut connection, team).await;
    partition(&url, 5).await;

    // The service may run the store, which makes partitions that are the owner's.
    let service = PostgresStore::connect(&url.replace("oasis@", "service_role@")).await.unwrap();
    let appended = service.append((5..40).map(event).collect()).await.unwrap();
    assert_eq!(appended.iter().filter(|one| one.duplicate).count(), 5);
    assert_eq!(service.get(event(7).id).await.unwrap().unwrap().position.get(), 8);
    let team = PostgresStore::connect(&url.replace("oasis@", "team@")).await;
    assert_eq!(team.unwrap_err().kind(), StoreErrorKind::Misconfigured, "it can't see the head");

    for (role, events, keys) in [
        ("service_role", Some(40), Some(40)),
        ("authenticated", Some(40), Some(40)),
        ("team", Some(3), Some(3)),
        ("anon", None, None),
    ] {
        execute(&mut connection, &format!("RESET ROLE; SET ROLE {role}")).await;
        for (table, expected) in [
            ("oasis_events", events),
            ("oasis_keys", keys),
            ("oasis_events_p1", None),
            ("oasis_events_p16", None),
        ] {
            let count = format!("SELECT count(*) FROM {table}");
            let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(count));
            assert_eq!(count.fetch_one(&mut connection).await.ok(), expected, "{role}: {table}");
        }
        for (statement, may) in [
            ("DELETE FROM oasis_events WHERE position = 41", role == "service_role"),
            ("SELECT oasis_make_room(0)", role == "service_role"),
            ("DELETE FROM oasis_keys", false),
            ("INSERT INTO oasis_events_p16 SELECT * FROM oasis_events LIMIT 1", false),
            ("SELECT oasis_partition(1)", false),
            ("SELECT oasis_revoke('oasis_events')", false),
        ] {
            let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection);
            let done = done.await;
            assert_eq!(done.is_ok(), may, "{role}: {statement}: {done:?}");
        }
    }
    // Who is not the owner deletes; partitions stay until the owner prunes.
    execute(&mut connection, "RESET ROLE").await;
    assert_eq!(service.prune(oasis_core::Timestamp::MAX).await.unwrap(), 39);
    let left = texts(&mut connection, PARTITIONS).await.len();
    assert_eq!(store.prune(oasis_core::Timestamp::MAX).await.unwrap(), 0);
    assert!(texts(&mut connection, PARTITIONS).await.len() < left);
    keys_are_those_of_the_events(&mut connection).await;
}
