//! What the gateway asks of the kernel, and in which order: seen, and made to fail, by `strace`.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{deliver, deliver_soon, holds, may, start};
use crate::gateway::{Gateway, command, data_dir};

/// `strace` on all threads of a gateway that runs.
struct Strace {
    child: Child,
    log: PathBuf,
}

impl Strace {
    fn attach(gateway: &Gateway, dir: &Path, args: &[&str]) -> Option<Self> {
        let log = dir.join("strace.log");
        if !may("trace a process", Command::new("strace").args(["-o", "/dev/null", "true"])) {
            return None;
        }
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-s", "64", "-p", &gateway.pid().to_string(), "-o"]).arg(&log);
        let child = strace.args(args).stderr(Stdio::null()).spawn().unwrap();
        let traced = || {
            let tasks =
                std::fs::read_dir(format!("/proc/{}/task", gateway.pid())).unwrap().flatten();
            tasks.into_iter().all(|task| {
                let status = read_to_string(task.path().join("status")).unwrap_or_default();
                !status.contains("TracerPid:\t0")
            })
        };
        let began = Instant::now();
        while !traced() {
            assert!(began.elapsed() < Duration::from_secs(10), "strace does not attach");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { child, log })
    }

    /// Lets the gateway go; what was seen.
    fn detach(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap();
        read_to_string(&self.log).unwrap()
    }
}

impl Drop for Strace {
    fn drop(&mut self) {
        // A tracer that is killed lets its tracees run.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a trace of deliveries one after the other: before each acknowledgement what was written to
/// the file was flushed. How many acknowledgements there were.
fn acknowledged_after_a_flush(trace: &str, file: &str) -> usize {
    let (mut written, mut flushed, mut acknowledged) = (false, false, 0);
    for line in trace.lines() {
        let ours = line.contains(file);
        if ours && line.contains("write") {
            (written, flushed) = (true, false);
        }
        // One that another thread interrupted is done when it is resumed; a thread has one at a time.
        let done = line.ends_with("= 0") && (ours || line.contains("resumed"));
        if line.contains("sync") && done {
            flushed = true;
        }
        if line.contains("HTTP/1.1 200") || line.contains("HTTP/1.1 202") {
            assert!(written && flushed, "answered before it was on the disk: {line}\n{trace}");
            (written, flushed, acknowledged) = (false, false, acknowledged + 1);
        }
    }
    acknowledged
}

const SEEN: &str = "trace=write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync";

#[tokio::test(flavor = "multi_thread")]
async fn f3_an_answer_comes_after_the_flush_of_its_row() {
    let dir = data_dir();
    let gateway = start(dir.path(), None);
    deliver_soon(&gateway, "first").await;
    let Some(strace) = Strace::attach(&gateway, dir.path(), &["-e", SEEN]) else { return };
    for n in 0..50 {
        assert!(deliver(&gateway, &format!("d-{n}"), 100).await.is_some());
    }
    let trace = strace.detach();
    assert_eq!(acknowledged_after_a_flush(&trace, "oasis.db-wal"), 50);
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn f3_an_answer_comes_after_the_flush_of_its_record_in_the_spool() {
    let cluster = crate::cluster::Cluster::volatile();
    let dir = data_dir();
    let mut command = command(dir.path());
    command
        .env("DATABASE_URL", cluster.database().await)
        .env("OASIS_SPOOL_DIR", dir.path().join("spool"));
    let gateway = Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    cluster.kill();
    let spooled = async |id: String| {
        let body = br#"{"ref":"refs/heads/main"}"#;
        let request = reqwest::Client::new()
            .post(format!("{}/webhooks/github", gateway.url))
            .header("x-github-event", "push")
            .header("x-github-delivery", id)
            .header("x-hub-signature-256", gateway.sign(body));
        assert_eq!(request.body(body.as_slice()).send().await.unwrap().status(), 202);
    };
    spooled("first".to_owned()).await;
    let Some(strace) = Strace::attach(&gateway, dir.path(), &["-e", SEEN]) else { return };
    for n in 0..20 {
        spooled(format!("d-{n}")).await;
    }
    let trace = strace.detach();
    assert_eq!(acknowledged_after_a_flush(&trace, "/spool/"), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_a_disk_that_can_t_be_flushed_is_503_and_no_row() {
    let dir = data_dir();
    let gateway = start(dir.path(), None);
    deliver_soon(&gateway, "first").await;
    let fails = ["-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:error=EIO"];
    let Some(strace) = Strace::attach(&gateway, dir.path(), &fails) else { return };
    for n in 0..5 {
        assert_eq!(deliver(&gateway, &format!("lost-{n}"), 10).await, None);
    }
    let trace = strace.detach();
    assert!(trace.matches("EIO").count() >= 5, "{trace}");
    deliver_soon(&gateway, "after").await;
    let kept = ["first", "after"].map(str::to_owned);
    holds(&gateway, &kept).await;
    drop(gateway);
    holds(&start(dir.path(), None), &kept).await;
}
