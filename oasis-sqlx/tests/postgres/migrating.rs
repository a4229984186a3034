//! What brings the tables up to date is killed in the middle of it.

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oasis_core::{EventFilter, EventStore, EventStoreExt};
use oasis_sqlx::PostgresStore;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::cluster::{Cluster, execute, stranger};
use crate::migrations::{PHASE1, texts};
use crate::{event, long};

/// Where the process that migrates finds the database; only a test sets it.
const URL: &str = "OASIS_TEST_MIGRATED_URL";
/// Rows of the earlier phase, so that there is work to be killed in.
const ROWS: u64 = 4000;
const MORE: &str = "
    INSERT INTO oasis_events (vtid, topic, service, role, status, message)
    SELECT 'DEV-CICDL-0031', 'deploy.done', 'api', 'API', 'success', 'row ' || n
    FROM generate_series(5, 4000) AS n;";
const DONE: &str = "SELECT version::text FROM _oasis_migrations";

/// How often each of the two is killed.
fn kills() -> u32 {
    if long() { 50 } else { 4 }
}

/// The moments at which it is killed, spread over the time that it takes.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    (0..kills()).map(move |n| whole * (2 * n + 1) / (2 * kills()))
}

/// A copy of the earlier phase's database.
async fn earlier(cluster: &Cluster, template: &str) -> String {
    let url = cluster.database().await;
    let name = url.rsplit('/').next().unwrap();
    let mut connection = stranger(&cluster.url("postgres")).await;
    execute(&mut connection, &format!("DROP DATABASE {name}")).await;
    execute(&mut connection, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    url
}

async fn template(cluster: &Cluster) -> String {
    let url = cluster.database().await;
    execute(&mut stranger(&url).await, &format!("{PHASE1}{MORE}")).await;
    url.rsplit('/').next().unwrap().to_owned()
}

/// All of the migrations, or none; and whoever comes next, two at once, makes them whole.
async fn is_whole_and_goes_on(url: &str) -> bool {
    let done = texts_or_none(&mut stranger(url).await, DONE).await;
    let is_done = done.len();
    assert!(is_done == 0 || is_done == 8, "all or none: {done:?}");
    let (one, other) = tokio::join!(PostgresStore::connect(url), PostgresStore::connect(url));
    let (one, other) = (one.unwrap(), other.unwrap());
    let appended = one.append_one(event(1)).await.unwrap();
    assert_eq!(appended.recorded.position.get(), ROWS + 1, "each earlier row has its place");
    assert!(other.append_one(event(1)).await.unwrap().duplicate);
    assert_eq!(other.count(&EventFilter::default()).await.unwrap(), ROWS + 1);
    is_done == 8
}

async fn texts_or_none(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let rows = sqlx::query_scalar(AssertSqlSafe(query.to_owned())).fetch_all(connection).await;
    rows.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_is_whole_or_not_there_after_kill_9_of_the_server() {
    let cluster = Cluster::volatile();
    let template = template(&cluster).await;
    let start = Instant::now();
    PostgresStore::connect(&earlier(&cluster, &template).await).await.unwrap();
    let moments = moments(start.elapsed());

    let mut finished = 0;
    for moment in moments {
        let url = earlier(&cluster, &template).await;
        let migrating = url.clone();
        let migrating = tokio::spawn(async move { PostgresStore::connect(&migrating).await });
        tokio::time::sleep(moment).await;
        cluster.kill();
        let _ = migrating.await.unwrap();
        cluster.boot();
        finished += u32::from(is_whole_and_goes_on(&url).await);
    }
    eprintln!("{finished} of {} migrations were done when the server was killed", kills());
    assert!(finished < kills(), "no kill came in the middle");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_is_whole_or_not_there_after_kill_9_of_its_process() {
    if let Ok(url) = env::var(URL) {
        // This is the process.
        PostgresStore::connect(&url).await.unwrap();
        return;
    }
    let cluster = Cluster::volatile();
    let template = template(&cluster).await;
    let this = "migrating::a_migration_is_whole_or_not_there_after_kill_9_of_its_process";
    let start = |url: &str| -> Child {
        let mut process = Command::new(env::current_exe().unwrap());
        process.args(["--exact", this]).env(URL, url).stdout(Stdio::null()).spawn().unwrap()
    };
    let begin = Instant::now();
    PostgresStore::connect(&earlier(&cluster, &template).await).await.unwrap();
    let moments = moments(begin.elapsed());

    let mut finished = 0;
    for moment in moments {
        let url = earlier(&cluster, &template).await;
        let mut connection = stranger(&cluster.url("postgres")).await;
        let mut process = start(&url);
        // It has begun when it has a transaction.
        let working = format!(
            "SELECT pid::text FROM pg_stat_activity WHERE backend_xid IS NOT NULL \
             AND datname = '{}'",
            url.rsplit('/').next().unwrap()
        );
        while texts(&mut connection, &working).await.is_empty() {
            assert!(process.try_wait().unwrap().is_none(), "it was too fast to be met");
        }
        tokio::time::sleep(moment).await;
        process.kill().unwrap();
        process.wait().unwrap();
        // Its server process notices when it wants to answer.
        while !texts(&mut connection, &working).await.is_empty() {
            tokio::task::yield_now().await;
        }
        finished += u32::from(is_whole_and_goes_on(&url).await);
    }
    eprintln!("{finished} of {} migrations were done when their process was killed", kills());
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_the_step_to_partitions() {
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append((0..ROWS).map(event).collect()).await.unwrap();
    drop(store);
    let template = url.rsplit('/').next().unwrap().to_owned();
    let mut connection = stranger(&earlier(&cluster, &template).await).await;
    let start = Instant::now();
    execute(&mut connection, "SELECT oasis_partition(1000)").await;
    let moments = moments(start.elapsed());

    let mut partitioned = 0;
    for moment in moments {
        let url = earlier(&cluster, &template).await;
        let mut connection = stranger(&url).await;
        let work = tokio::spawn(async move {
            sqlx::raw_sql("SELECT oasis_partition(1000)").execute(&mut connection).await
        });
        tokio::time::sleep(moment).await;
        cluster.kill();
        let _ = work.await.unwrap();
        cluster.boot();
        let mut connection = stranger(&url).await;
        let kind = "SELECT relkind::text FROM pg_class WHERE relname = 'oasis_events'";
        let is_partitioned = texts(&mut connection, kind).await == ["p"];
        partitioned += u32::from(is_partitioned);
        if !is_partitioned {
            execute(&mut connection, "SELECT oasis_partition(1000)").await;
        }
        let store = PostgresStore::connect(&url).await.unwrap();
        assert!(store.append_one(event(7)).await.unwrap().duplicate);
        let next = store.append_one(event(ROWS)).await.unwrap().recorded.position;
        assert_eq!(next.get(), ROWS + 1);
    }
    eprintln!("{partitioned} of {} were partitioned when the server was killed", kills());
}
