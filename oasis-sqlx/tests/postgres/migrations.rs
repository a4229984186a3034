//! What the migrations make of a database, and which databases are refused.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt, Query, Recorded, StoreErrorKind};
use oasis_sqlx::PostgresStore;
use serde_json::json;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::cluster::{Cluster, execute, psql, stranger};
use crate::event;

pub(crate) const PHASE1: &str = include_str!("phase1.sql");

/// Runs the migrations' files as somebody does who has nothing but `psql`.
pub(crate) fn run_files(url: &str) {
    for file in files() {
        let output = psql(url, &[OsStr::new("-f"), file.as_os_str()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{}: {said}", file.display());
    }
}

async fn ledger(store: &PostgresStore) -> Vec<Recorded> {
    store.read_after(None, Query::MAX_LIMIT).await.unwrap()
}

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(crate) async fn texts(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(query.to_owned())).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn psql_and_the_store_may_run_them_in_any_order_and_again() {
    let url = Cluster::shared().database().await;
    run_files(&url);
    run_files(&url);
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();
    run_files(&url);
    let again = PostgresStore::connect(&url).await.unwrap();
    assert!(again.append_one(event(1)).await.unwrap().duplicate);
    assert_eq!(again.append_one(event(2)).await.unwrap().recorded.position.get(), 2);
    let mut connection = stranger(&url).await;
    let notes = "SELECT description FROM _oasis_migrations ORDER BY version";
    assert_eq!(
        texts(&mut connection, notes).await,
        ["events", "append", "agents", "checkpoints", "again", "layout", "partitions", "one"]
    );
    let columns = "SELECT attname::text FROM pg_attribute WHERE attrelid = 'oasis_events'::regclass \
         AND attnum > 0 ORDER BY attnum";
    assert_eq!(
        texts(&mut connection, columns).await.join(" "),
        "position id created_at occurred_at vtid layer module source kind status title ref link \
         meta delivery_id"
    );
    let secured = "SELECT relname::text FROM pg_class WHERE relrowsecurity ORDER BY 1";
    assert_eq!(
        texts(&mut connection, secured).await,
        ["_oasis_migrations", "oasis_agents", "oasis_checkpoints", "oasis_events", "oasis_head"]
    );
}

#[tokio::test]
async fn rows_of_the_earlier_phase_are_kept_and_read() {
    let url = Cluster::shared().database().await;
    let mut connection = stranger(&url).await;
    execute(&mut connection, PHASE1).await;
    let ids = texts(&mut connection, "SELECT id::text FROM oasis_events ORDER BY created_at").await;
    let store = PostgresStore::connect(&url).await.unwrap();
    run_files(&url);

    let rows = ledger(&store).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let event = &row.event;
            let vtid = event.vtid.as_ref().map_or("UNSET", |vtid| vtid.as_str());
            let link = event.link.as_ref().map_or("-", |link| link.as_str());
            let (source, kind, status) = (&event.source, &event.kind, event.status);
            let (module, ts) = (&event.module, event.ts);
            format!(
                "{} {ts} {vtid} {source} {kind} {module} {status} {} {link}",
                row.position, event.title
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 2025-10-28T09:00:00.000Z UNSET agent.runner heartbeat HEARTBEAT success \
             AGTL-HEARTBEAT-SUCCESS -",
            "2 2025-10-28T10:00:00.123Z VTID-2025-4B02 oasis-api deploy.prod.started DEPLOY info \
             SYSTEM-DEPLOY-PROD-STARTED https://github.com/exafyltd/oasis/pull/22",
            "3 2025-10-28T11:00:00.000Z DEV-CICDL-0031 github event EVENT error \
             CICDL-EVENT-ERROR -",
            "4 2025-10-28T11:00:01.000Z UNSET oasis.events 42 OTHER warning \
             SYSTEM-OTHER-WARNING -",
        ]
    );
    assert!(rows.iter().map(|row| row.event.id.to_string()).eq(ids), "the ids stay");
    let metas: Vec<_> =
        rows.iter().map(|row| serde_json::to_value(&row.event.meta).unwrap()).collect();
    assert_eq!(
        metas,
        [
            json!({"topic": "heartbeat", "service": "Agent Runner", "role": "AGENT",
                "model": "a-model", "message": "alive", "link": "javascript:alert(1)"}),
            json!({"topic": "deploy.prod.started", "service": "oasis-api", "role": "API",
                "message": "on its way", "a": {"b": 1}}),
            json!({"topic": "", "service": "github", "role": "CICD", "message": "",
                "metadata": [1, 2]}),
            json!({"topic": "42", "service": "", "role": "", "message": "odd",
                "vtid": "no task id", "link": "https:///x"}),
        ]
    );
    assert_eq!(store.append_one(event(1)).await.unwrap().recorded.position.get(), 5);
}

#[tokio::test]
async fn who_writes_the_earlier_columns_may_go_on() {
    let url = Cluster::shared().database().await;
    let mut connection = stranger(&url).await;
    execute(&mut connection, PHASE1).await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();
    let old = "INSERT INTO oasis_events (vtid, topic, service, role, status, message) \
         VALUES ('DEV-AGTL-0001', 'task.done', 'agent-1', 'AGENT', 'success', 'by the old road')";
    for _ in 0..2 {
        execute(&mut connection, old).await;
    }
    store.append_one(event(2)).await.unwrap();
    let rows = ledger(&store).await;
    assert!(rows.iter().map(|row| row.position.get()).eq(1..=8));
    let titles: Vec<_> = rows.iter().skip(5).map(|row| row.event.title.as_str()).collect();
    assert_eq!(titles, ["AGTL-TASK-DONE", "AGTL-TASK-DONE", "SYSTEM-NOTE-OTHER"]);
}

#[tokio::test]
async fn supabase_s_roles_get_what_they_may_and_nobody_else_anything() {
    // Roles belong to the whole server, so this one has a server of its own.
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    let mut connection = stranger(&url).await;
    execute(
        &mut connection,
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role; CREATE ROLE other;
         ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated, service_role",
    )
    .await;
    let store = PostgresStore::connect(&url).await.unwrap();
    run_files(&url);
    store.append_one(event(1)).await.unwrap();

    let insert = "INSERT INTO oasis_events SELECT position + 1, gen_random_uuid(), created_at, \
        occurred_at, vtid, layer, module, source, kind, status, title, ref, link, meta, NULL \
        FROM oasis_events";
    for (role, select, write) in [
        ("service_role", Some(1), true),
        ("authenticated", Some(1), false),
        ("anon", None, false),
        ("other", None, false),
    ] {
        execute(&mut connection, &format!("RESET ROLE; SET ROLE {role}")).await;
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM oasis_events");
        assert_eq!(count.fetch_one(&mut connection).await.ok(), select, "{role}");
        for statement in [
            insert,
            "UPDATE oasis_events SET title = 'A-B'",
            "DELETE FROM oasis_events WHERE position > 1",
        ] {
            let done = sqlx::raw_sql(statement).execute(&mut connection).await;
            assert_eq!(done.is_ok(), write, "{role}: {statement}: {done:?}");
        }
    }
    // The service may run the store itself.
    execute(&mut connection, "RESET ROLE; ALTER ROLE service_role LOGIN").await;
    let store = PostgresStore::connect(&url.replace("oasis@", "service_role@")).await.unwrap();
    assert_eq!(store.append_one(event(2)).await.unwrap().recorded.position.get(), 2);
}

/// What a partial restore, or a hand, may have taken from a ledger, and the name in the error.
const SPOILED: [(&str, &str); 17] = [
    ("DROP INDEX oasis_events_position", "oasis_events_position"),
    ("ALTER TABLE oasis_events ALTER position DROP NOT NULL", "column position"),
    ("DROP INDEX oasis_events_delivery", "oasis_events_delivery"),
    ("DROP INDEX oasis_events_vtid", "oasis_events_vtid"),
    ("DROP INDEX oasis_events_status", "oasis_events_status"),
    ("ALTER TABLE the_keys DROP CONSTRAINT oasis_events_pkey", "oasis_events_pkey"),
    ("DROP TABLE oasis_agents", "oasis_agents"),
    ("DROP TABLE oasis_checkpoints", "oasis_checkpoints"),
    ("DROP TABLE oasis_head", "oasis_head"),
    ("UPDATE oasis_head SET position = 0", "oasis_head"),
    ("DELETE FROM oasis_head", "oasis_head"),
    ("DROP FUNCTION oasis_append", "oasis_append"),
    ("DROP FUNCTION oasis_append_each", "oasis_append_each"),
    ("DROP FUNCTION oasis_position", "oasis_position"),
    ("DROP FUNCTION oasis_drop_oldest", "oasis_drop_oldest"),
    ("DROP TABLE oasis_events CASCADE", "oasis_events"),
    ("INSERT INTO _oasis_migrations VALUES (9999, 'newer', now(), TRUE, '', 0)", "newer"),
];

/// The same of what only a partitioned one has.
const SPOILED_PARTITIONED: [(&str, &str); 9] = [
    ("DROP TABLE oasis_keys CASCADE", "oasis_keys"),
    ("DELETE FROM oasis_keys", "oasis_keys"),
    ("DROP TRIGGER oasis_keys_insert ON oasis_events", "oasis_keys_insert"),
    ("DROP TRIGGER oasis_keys_update ON oasis_events", "oasis_keys_update"),
    ("DROP TRIGGER oasis_keys_delete ON oasis_events", "oasis_keys_delete"),
    ("DROP TRIGGER oasis_keys_truncate ON oasis_events", "oasis_keys_truncate"),
    ("ALTER TABLE oasis_events DISABLE TRIGGER oasis_keys_insert", "oasis_keys_insert"),
    ("DROP FUNCTION oasis_make_room", "oasis_make_room"),
    ("DROP FUNCTION oasis_keep_keys CASCADE", "oasis_keys_insert"),
];

#[tokio::test]
async fn a_database_without_what_the_promises_stand_on_is_refused_by_name() {
    for (spoil, named) in SPOILED {
        let spoil = spoil.replace("the_keys", "oasis_events");
        is_refused(&spoil, named, "SELECT 1").await;
    }
}

#[tokio::test]
async fn so_is_a_partitioned_one() {
    for (spoil, named) in SPOILED.into_iter().chain(SPOILED_PARTITIONED) {
        let spoil = spoil.replace("the_keys", "oasis_keys");
        is_refused(&spoil, named, "SELECT oasis_partition(2)").await;
    }
}

#[tokio::test]
async fn an_index_counts_whatever_its_name_and_only_in_its_form() {
    let other = "DROP INDEX oasis_events_position; CREATE UNIQUE INDEX other ON oasis_events";
    let url = Cluster::shared().database().await;
    PostgresStore::connect(&url).await.unwrap();
    let kept = format!(
        "{other} (position) WITH (fillfactor = 70); ALTER INDEX oasis_events_delivery \
         SET (fillfactor = 70); ALTER INDEX oasis_events_pkey RENAME TO key; \
         ALTER ROLE oasis IN DATABASE the_base SET quote_all_identifiers = on"
    );
    let kept = kept.replace("the_base", url.rsplit_once('/').unwrap().1);
    execute(&mut stranger(&url).await, &kept).await;
    PostgresStore::connect(&url).await.unwrap();
    for form in ["(position, id)", "(position) WHERE vtid = 'UNSET'", "((position + 1))"] {
        is_refused(&format!("{other} {form}"), "oasis_events_position", "SELECT 1").await;
    }
}

async fn is_refused(spoil: &str, named: &str, layout: &str) {
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let mut connection = stranger(&url).await;
    execute(&mut connection, layout).await;
    store.append((0..5).map(event).collect()).await.unwrap();
    execute(&mut connection, spoil).await;
    let opened = PostgresStore::connect(&url).await;
    let Err(error) = opened else { panic!("{spoil}: opened all the same") };
    assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{spoil}: {error:?}");
    assert!(error.to_string().contains(named), "{spoil}: {error}");
}

#[tokio::test]
async fn a_migration_that_is_not_this_version_s_is_refused_unless_it_made_the_same() {
    let url = Cluster::shared().database().await;
    PostgresStore::connect(&url).await.unwrap();
    let mut connection = stranger(&url).await;
    // The first one as it was worded before the ledger could be partitioned.
    for (checksum, accepted) in [
        (
            "ddcc07ce0641bf686e3e47f984ab2e5d1be522ff44a8895d0ac2854ffeec83a77ed4f5aab8b32b8e58cdda4d52fa9b90",
            true,
        ),
        ("00", false),
    ] {
        let note =
            "UPDATE _oasis_migrations SET checksum = decode('the_sum', 'hex') WHERE version = 1";
        execute(&mut connection, &note.replace("the_sum", checksum)).await;
        let opened = PostgresStore::connect(&url).await;
        assert_eq!(opened.is_ok(), accepted, "{checksum}: {opened:?}");
    }
}

#[tokio::test]
async fn many_stores_may_open_a_new_database_at_once() {
    let url = Cluster::shared().database().await;
    let open = || {
        let url = url.clone();
        tokio::spawn(async move { PostgresStore::connect(&url).await })
    };
    let opened: Vec<_> = (0..6).map(|_| open()).collect();
    for (n, store) in (0..).zip(opened) {
        store.await.unwrap().unwrap().append_one(event(n)).await.unwrap();
    }
    let store = PostgresStore::connect(&url).await.unwrap();
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 6);
}

#[tokio::test]
async fn looking_at_a_database_changes_nothing() {
    let url = Cluster::shared().database().await;
    for _ in 0..2 {
        let found = PostgresStore::inspect(&url).await.unwrap();
        assert!(found.server.starts_with("PostgreSQL 1"), "{found:?}");
        assert_eq!(found.pending.first().map(String::as_str), Some("events"));
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let off = i128::from(found.clock.unwrap().unix_millis()) - i128::try_from(now).unwrap();
        assert!(off.abs() < 5_000, "{off} ms");
    }
    PostgresStore::connect(&url).await.unwrap();
    assert!(PostgresStore::inspect(&url).await.unwrap().pending.is_empty());
    execute(&mut stranger(&url).await, "DROP INDEX oasis_events_vtid").await;
    let broken = PostgresStore::inspect(&url).await.unwrap_err();
    assert_eq!(broken.kind(), StoreErrorKind::Misconfigured);
    assert!(broken.to_string().contains("oasis_events_vtid"), "{broken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_migration_waits_long_for_a_table_that_somebody_holds() {
    let url = Cluster::shared().database().await;
    run_files(&url);
    let mut holder = stranger(&url).await;
    let hold = "BEGIN; LOCK TABLE oasis_events, oasis_head, oasis_agents, oasis_checkpoints \
         IN ACCESS EXCLUSIVE MODE";
    execute(&mut holder, hold).await;
    let started = Instant::now();
    let run = |files: Vec<PathBuf>| {
        let url = url.clone();
        tokio::task::spawn_blocking(move || {
            let run = |file: PathBuf| {
                let output = psql(&url, &[OsStr::new("-f"), file.as_os_str()]);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                (file, output.status.success(), said)
            };
            files.into_iter().map(run).collect::<Vec<_>>()
        })
    };
    // Postgres refuses two who make or grant one function at the same time; nobody runs them so.
    let makes_one =
        |file: &PathBuf| std::fs::read_to_string(file).unwrap().contains("FUNCTION oasis_append");
    let (one, others): (Vec<_>, Vec<_>) = files().into_iter().partition(makes_one);
    assert!(one.len() > 1);
    let runs = others.into_iter().map(|file| vec![file]).chain([one]).map(run);
    let mut waited = 0;
    for run in runs.collect::<Vec<_>>() {
        for (file, passed, said) in run.await.unwrap() {
            let gave_up = said.contains("canceling statement due to lock timeout");
            assert!(passed || gave_up, "{}: {said}", file.display());
            waited += u32::from(gave_up);
        }
    }
    assert_eq!(waited, 4, "those that change a table; the others make functions");
    // Five seconds each, at the same time.
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    execute(&mut holder, "COMMIT").await;
    run_files(&url);
}

#[tokio::test]
async fn no_index_is_the_beginning_of_another() {
    for earlier in ["", PHASE1] {
        let url = Cluster::shared().database().await;
        let mut connection = stranger(&url).await;
        execute(&mut connection, earlier).await;
        PostgresStore::connect(&url).await.unwrap();
        let twice = "SELECT a.indexrelid::regclass || ' begins ' || b.indexrelid::regclass
            FROM pg_index AS a
            JOIN pg_index AS b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
            JOIN pg_class AS i ON i.oid = a.indexrelid
            JOIN pg_am AS m ON m.oid = i.relam AND m.amname = 'btree'
            WHERE a.indrelid::regclass::text ~ '^_?oasis_' AND a.indpred IS NULL
                AND b.indpred IS NULL
                AND (b.indkey::text || ' ') LIKE (a.indkey::text || ' %')";
        let twice = texts(&mut connection, twice).await;
        assert!(twice.is_empty(), "{twice:?}");
    }
}

/// The table exactly as it was on Supabase, with its policy, its grants and rows in it.
#[tokio::test]
async fn the_earlier_phase_s_own_policies_are_in_nobody_s_way() {
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    let mut connection = stranger(&url).await;
    let supabase = "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role;";
    let policies = "CREATE POLICY \"Service role has full access\" ON oasis_events FOR ALL \
         TO service_role USING (true) WITH CHECK (true); \
         GRANT ALL ON oasis_events TO service_role; \
         GRANT SELECT ON oasis_events TO authenticated;";
    execute(&mut connection, &format!("{supabase}{PHASE1};{policies}")).await;
    let store = PostgresStore::connect(&url).await.unwrap();
    run_files(&url);
    assert_eq!(ledger(&store).await.len(), 4);
    for (role, rows) in [("service_role", Some(4)), ("authenticated", Some(4)), ("anon", None)] {
        execute(&mut connection, &format!("RESET ROLE; SET ROLE {role}")).await;
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM oasis_events");
        assert_eq!(count.fetch_one(&mut connection).await.ok(), rows, "{role}");
    }
}
