//! The spool's disk: one that forgets, and one that is really full.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;
use tempfile::TempDir;

use crate::gateway::{Gateway, command, data_dir};

/// Nothing answers at this database, so what comes is spooled.
const AWAY: &str = "postgres://oasis@127.0.0.1:1/oasis";

#[cfg(target_os = "linux")]
#[tokio::test]
async fn f15_a_spool_on_a_disk_that_forgets() {
    let (dir, memory) = (data_dir(), TempDir::new_in("/dev/shm").unwrap());
    let spool = memory.path().join("spool");
    let start = || {
        let mut command = command(dir.path());
        command.env_remove("OASIS_SPOOL_ALLOW_EPHEMERAL").env("OASIS_SPOOL_DIR", &spool);
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        command
    };
    for refused in [&mut start(), start().env("OASIS_SPOOL_ALLOW_EPHEMERAL", "false")] {
        let output = refused.output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{log}");
        for said in ["spool.dir (from OASIS_SPOOL_DIR)", "in memory", "spool.allow_ephemeral"] {
            assert!(log.contains(said), "{said}: {log}");
        }
        assert!(!spool.exists(), "nothing was made");
    }
    let gateway = Gateway::spawn(start().env("OASIS_SPOOL_ALLOW_EPHEMERAL", "true"));
    gateway.logs("what waits there may be lost").await;
    gateway.push("d-1").await;
}

#[cfg(all(target_os = "linux", feature = "postgres"))]
#[tokio::test(flavor = "multi_thread")]
async fn f13_a_spool_on_a_disk_that_is_full() {
    let Some(disk) = Disk::of_mebibytes(1) else { return };
    let (dir, spool) = (data_dir(), disk.at.path().join("spool"));
    let ballast = disk.at.path().join("ballast");
    std::fs::write(&ballast, vec![0; 512 * 1024]).unwrap();
    let start = |url: Option<&str>| {
        let mut command = command(dir.path());
        command.env("OASIS_SPOOL_DIR", &spool).args(["--listen", "127.0.0.1:0"]);
        // The rows are counted until all are there, faster than a reader may ask.
        command.env("OASIS_RATE_LIMIT", "off");
        url.map(|url| command.env("DATABASE_URL", url));
        Gateway::spawn(command.args(["--log-format", "json"]))
    };
    let (gateway, client) = (Arc::new(start(Some(AWAY))), Client::new());

    // Eight senders, so that records are written in groups and a group is torn where the disk ends.
    let next = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let (gateway, next) = (Arc::clone(&gateway), Arc::clone(&next));
            let client = client.clone();
            tokio::spawn(async move {
                let (mut kept, mut refused) = (Vec::new(), 0);
                while refused < 20 {
                    let id = format!("d-{}", next.fetch_add(1, Ordering::Relaxed));
                    match deliver(&client, &gateway, &id).await {
                        202 => kept.push(id),
                        503 => refused += 1,
                        other => panic!("{other}"),
                    }
                }
                kept
            })
        })
        .collect();
    let mut kept = Vec::new();
    for sender in senders {
        kept.extend(sender.await.unwrap());
    }
    assert!(kept.len() > 100, "{} fitted", kept.len());
    assert!(gateway.log.lock().unwrap().contains("No space left on device"));

    // Space is back, and it takes again.
    std::fs::remove_file(&ballast).unwrap();
    for n in 0..20 {
        let id = format!("later-{n}");
        assert_eq!(deliver(&client, &gateway, &id).await, 202);
        kept.push(id);
    }
    Arc::into_inner(gateway).unwrap().kill();

    // Another process drains it into a ledger that is there.
    let gateway = start(None);
    while gateway.count().await < kept.len() as u64 {
        tokio::task::yield_now().await;
    }
    let rows = gateway.rows().await;
    let mut stored: Vec<_> = rows.iter().map(|row| row["delivery_id"].as_str().unwrap()).collect();
    stored.sort_unstable();
    kept.sort_unstable();
    assert_eq!(stored, kept, "what was acknowledged is there, and nothing else");
    let metrics = gateway.get("/metrics").await.text().await.unwrap();
    for clean in ["oasis_spool_damaged_total 0", "oasis_spool_rejected 0"] {
        assert!(metrics.contains(clean), "{metrics}");
    }
    for aside in ["damaged", "rejected"] {
        assert!(!spool.join(aside).exists(), "{aside}");
    }
    eprintln!("{} deliveries acknowledged around a full disk, all there", kept.len());
}

async fn deliver(client: &Client, gateway: &Gateway, id: &str) -> u16 {
    const BODY: &[u8] = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#;
    let request = client
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", gateway.sign(BODY));
    request.body(BODY).send().await.unwrap().status().as_u16()
}

/// A file system in memory of its own, gone with this value.
pub(crate) struct Disk {
    pub(crate) at: TempDir,
    sudo: bool,
}

impl Disk {
    /// `None`, said aloud, where this user may mount nothing.
    pub(crate) fn of_mebibytes(size: u32) -> Option<Self> {
        let at = data_dir();
        let options = format!("size={size}m,mode=777");
        let args = ["-t", "tmpfs", "-o", &options, "oasis-test"];
        for sudo in [false, true] {
            let mut mount = as_root(sudo, "mount");
            if mount
                .args(args)
                .arg(at.path())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|s| s.success())
            {
                return Some(Self { at, sudo });
            }
        }
        let missing = "no tmpfs can be mounted: run the tests as root, or with sudo";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing}");
        eprintln!("NOT TESTED: {missing}");
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // At once, whoever still has a file open there.
        let _ = as_root(self.sudo, "umount").arg("-l").arg(self.at.path()).status();
    }
}

fn as_root(sudo: bool, program: &str) -> Command {
    if !sudo {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}
