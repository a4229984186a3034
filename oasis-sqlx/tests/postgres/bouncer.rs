//! PgBouncer in transaction mode, in front of the tests' server.

use std::fs;
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, free_port, unprivileged};

/// The URL of a new database behind PgBouncer, which has two connections for all who use it: each
/// transaction meets what the others left behind.
pub(crate) async fn database() -> String {
    static PORT: OnceLock<u16> = OnceLock::new();
    let cluster = Cluster::shared();
    let direct = cluster.database().await;
    let port = *PORT.get_or_init(|| start(cluster));
    let name = direct.rsplit('/').next().unwrap();
    format!("postgres://oasis@127.0.0.1:{port}/{name}?pgbouncer=true")
}

fn start(cluster: &Cluster) -> u16 {
    let (dir, port) = (cluster.dir(), free_port());
    let users = dir.join("users");
    fs::write(&users, "\"oasis\" \"\"\n").unwrap();
    let settings = format!(
        "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\n\
         pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 1000\n\
         pidfile = {}\nlogfile = {}\n",
        cluster.port(),
        users.display(),
        dir.join("bouncer.pid").display(),
        dir.join("bouncer.log").display(),
    );
    let file = dir.join("bouncer.ini");
    fs::write(&file, settings).unwrap();
    let mut command = unprivileged("/usr/sbin/pgbouncer");
    command.arg("-d").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
    let started = command.status().is_ok_and(|status| status.success());
    assert!(
        started,
        "these tests start a PgBouncer of their own: `cargo xtask provision` installs it, or \
         `apt-get install pgbouncer`; {}",
        fs::read_to_string(dir.join("bouncer.log")).unwrap_or_default(),
    );
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "PgBouncer does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    port
}
