//! A Postgres server of the tests' own: Debian's package, started in a temporary directory as a
//! user that is not root, and stopped when the process of the tests ends, however it ends.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

/// A server that nobody else uses.
#[derive(Debug)]
pub(crate) struct Cluster {
    dir: PathBuf,
    port: u16,
    databases: AtomicU32,
    /// It waits for the end of its input, which comes with the end of this process, and cleans up.
    guardian: Child,
}

impl Cluster {
    /// The one that most tests of this process share. It forgets what it was told when the machine
    /// stops, which makes it fast.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::volatile)
    }

    /// The same for one test alone, which changes what all databases have in common.
    pub(crate) fn volatile() -> Self {
        Self::start("off")
    }

    /// One that writes to the disk before it answers.
    pub(crate) fn durable() -> Self {
        Self::start("on")
    }

    fn start(fsync: &str) -> Self {
        let cluster = Self::empty();
        let (data, port) = (cluster.dir.join("data"), cluster.port);
        run(unprivileged(postgres("initdb")).arg("-D").arg(&data).args([
            "-U",
            "oasis",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        let mut settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n\
             max_connections = 300\nfsync = {fsync}\n"
        );
        if fsync == "off" {
            settings.push_str("synchronous_commit = off\nfull_page_writes = off\n");
        }
        cluster.set(&settings);
        cluster.boot();
        cluster
    }

    /// A copy of this server that follows it.
    pub(crate) fn standby(&self) -> Self {
        let standby = Self::empty();
        run(unprivileged(postgres("pg_basebackup"))
            .arg("-D")
            .arg(standby.dir.join("data"))
            .args(["-h", "127.0.0.1", "-U", "oasis", "-X", "stream", "-c", "fast", "-R"])
            .args(["--no-sync", "-p", &self.port.to_string()]));
        standby.set(&format!("port = {}\n", standby.port));
        standby.boot();
        standby
    }

    /// Its directory and its port.
    fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("oasis-pg.").tempdir().unwrap().keep();
        if is_root() {
            run(Command::new("chown").arg(UNPRIVILEGED).arg(&dir));
        }
        let guardian = guardian(&dir);
        Self { dir, port: free_port(), databases: AtomicU32::new(0), guardian }
    }

    /// Writes settings for the next start.
    fn set(&self, settings: &str) {
        // Read after what is there, so these count; and the file is not root's.
        let file = self.dir.join("data/postgresql.conf");
        let text = fs::read_to_string(&file).unwrap() + settings;
        fs::write(file, text).unwrap();
    }

    /// Stops it in an orderly way.
    pub(crate) fn stop(&self) {
        assert!(self.pg_ctl(&["-w", "-t", "30", "-m", "fast", "stop"]).status().unwrap().success());
    }

    /// What stopped as a standby of that server, which is no more, is the server from now on, at the
    /// same address.
    pub(crate) fn take_over(&self, from: &Self) {
        self.set(&format!("port = {}\n", from.port));
        self.boot();
        assert!(self.pg_ctl(&["-w", "-t", "30", "promote"]).status().unwrap().success());
    }

    /// Starts the server, also after [`kill`](Self::kill).
    pub(crate) fn boot(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            // What a killed server left behind may hold its memory for a moment more.
            let started = self.pg_ctl(&["-w", "-t", "30", "start"]).status().unwrap();
            // On a slow disk it may be there only after whoever started it gave up.
            let answers = || psql(&self.url("postgres"), &["-c".as_ref(), "SELECT 1".as_ref()]);
            if started.success() || answers().status.success() {
                return;
            }
            let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "Postgres does not start:\n{log}");
        }
    }

    /// `kill -9` of the server and of each of its processes.
    pub(crate) fn kill(&self) {
        let file = fs::read_to_string(self.dir.join("data/postmaster.pid")).unwrap();
        let server = file.lines().next().unwrap().to_owned();
        let mut processes = children(&server);
        processes.insert(0, server);
        // One that has ended by itself by now is as dead.
        let _ = Command::new("kill").arg("-9").args(&processes).stderr(Stdio::null()).status();
    }

    /// The URL of a new, empty database.
    pub(crate) async fn database(&self) -> String {
        let name = format!("oasis_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("CREATE DATABASE {name}")).await;
        self.execute(&name, RANDOM_UUID).await;
        self.url(&name)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://oasis@127.0.0.1:{}/{database}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    async fn execute(&self, database: &str, statement: &str) {
        let mut connection = stranger(&self.url(database)).await;
        execute(&mut connection, statement).await;
        connection.close().await.unwrap();
    }

    fn pg_ctl(&self, args: &[&str]) -> Command {
        let mut command = unprivileged(postgres("pg_ctl"));
        let log = self.dir.join("log");
        command.arg("-D").arg(self.dir.join("data")).arg("-l").arg(log).args(args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

/// Postgres 12 has this function, which tables of the earlier phase need, in an extension only.
const RANDOM_UUID: &str = "DO $$ BEGIN
    IF to_regprocedure('gen_random_uuid()') IS NULL THEN
        CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE
            AS 'SELECT md5(random()::text || clock_timestamp()::text)::uuid';
    END IF;
END $$";

/// A connection of somebody else's.
pub(crate) async fn stranger(url: &str) -> PgConnection {
    url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}

/// Runs statements that have no values.
pub(crate) async fn execute(connection: &mut PgConnection, statements: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(connection).await;
    done.unwrap_or_else(|error| panic!("{error}\nin {statements}"));
}

/// Runs a program of Postgres's client side on a database.
pub(crate) fn psql(url: &str, args: &[&OsStr]) -> std::process::Output {
    let mut command = Command::new(postgres("psql"));
    command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]).args(args).output().unwrap()
}

/// Who runs the server when the tests run as root, whom Postgres refuses.
const UNPRIVILEGED: &str = "nobody:nogroup";

/// This program as somebody who isn't root.
pub(crate) fn unprivileged(program: impl AsRef<OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let (user, group) = UNPRIVILEGED.split_once(':').unwrap();
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--clear-groups"]);
    command.arg(program).current_dir("/");
    command
}

/// A port that nobody has, below those that the system lends to connections: one of them may be
/// taken again before a server gets to it.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let start = std::process::id().wrapping_mul(37);
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 15_000 + (start.wrapping_add(step) % 15_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (said, failed) = (&output.stdout, &output.stderr);
    assert!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(said),
        String::from_utf8_lossy(failed),
    );
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Where the programs of another version of Postgres are, for who wants to test with that.
const PROGRAMS: &str = "OASIS_TEST_POSTGRES";

/// A program of the Postgres that is asked for, or of the newest that is installed.
pub(crate) fn postgres(program: &str) -> PathBuf {
    let asked = std::env::var_os(PROGRAMS).map(|folder| PathBuf::from(folder).join(program));
    if let Some(asked) = asked.filter(|program| program.exists()) {
        return asked;
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|path| path.join("bin").join(program).exists())
        .max_by_key(|path| version(path));
    match newest {
        Some(folder) => folder.join("bin").join(program),
        None => panic!(
            "these tests start a Postgres of their own and found no {program}: \
             `cargo xtask provision` installs it, or `apt-get install postgresql`"
        ),
    }
}

fn guardian(dir: &Path) -> Child {
    let script = r#"trap "" INT TERM HUP
        read -r _
        # The one ignores QUIT where its parent does, the other waits for its clients at TERM.
        [ ! -f "$0/bouncer.pid" ] || kill -TERM "$(head -n 1 "$0/bouncer.pid")"
        [ ! -f "$0/data/postmaster.pid" ] || kill -QUIT "$(head -n 1 "$0/data/postmaster.pid")"
        while [ -f "$0/data/postmaster.pid" ] && kill -0 "$(head -n 1 "$0/data/postmaster.pid")"; do
            sleep 0.05
        done
        rm -rf "$0""#;
    let mut command = unprivileged("sh");
    command.args(["-c", script]).arg(dir).stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The processes that this one has started.
fn children(parent: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let names = all.filter_map(|entry| entry.file_name().into_string().ok());
    let is_child = |pid: &String| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // pid (name) state ppid
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(parent)
    };
    names.filter(|name| name.bytes().all(|b| b.is_ascii_digit())).filter(is_child).collect()
}
