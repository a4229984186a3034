//! A disk that is full.

use std::fs::{File, remove_file};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{deliver, deliver_soon, holds, start};
use crate::disk::Disk;

/// Leaves no place on it.
fn fill(disk: &Disk) {
    let mut ballast = File::create(ballast(disk)).unwrap();
    for piece in [1 << 16, 1 << 12] {
        loop {
            match ballast.write_all(&vec![0; piece]) {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::StorageFull);
                    break;
                }
            }
        }
    }
}

fn ballast(disk: &Disk) -> PathBuf {
    disk.at.path().join("ballast")
}

/// Fills the disk under a ledger, and makes room again.
async fn fills_up_and_goes_on(disk: &Disk, data: &Path, url: Option<&str>) {
    let gateway = start(data, url);
    let mut kept = Vec::new();
    for n in 0..20 {
        let id = format!("before-{n}");
        assert_eq!(deliver(&gateway, &id, 10).await, Some(n + 1));
        kept.push(id);
    }
    fill(disk);
    let mut refused = 0;
    for n in 0.. {
        assert!(n < 2000, "it never fills");
        let id = format!("full-{n}");
        match deliver(&gateway, &id, 60_000).await {
            Some(_) => kept.push(id),
            None => refused += 1,
        }
        if refused == 5 {
            break;
        }
    }
    // Whoever reads is not concerned.
    assert_eq!(gateway.count().await, kept.len() as u64);
    remove_file(ballast(disk)).unwrap();
    deliver_soon(&gateway, "after").await;
    kept.push("after".to_owned());
    holds(&gateway, &kept).await;
    drop(gateway);
    holds(&start(data, url), &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f4_the_disk_of_a_file_is_full() {
    let Some(disk) = Disk::of_mebibytes(24) else { return };
    fills_up_and_goes_on(&disk, &disk.at.path().join("data"), None).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn f4_the_disk_of_postgres_is_full() {
    use crate::cluster::{Cluster, execute, stranger};
    use crate::gateway::data_dir;

    let Some(disk) = Disk::of_mebibytes(32) else { return };
    let cluster = Cluster::volatile();
    let space = disk.at.path().join("space");
    std::fs::create_dir(&space).unwrap();
    if std::fs::metadata("/proc/self")
        .is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
    {
        crate::cluster::run(Command::new("chown").arg("nobody:nogroup").arg(&space));
    }
    let url = cluster.database().await;
    let mut admin = stranger(&cluster.url("postgres")).await;
    execute(&mut admin, &format!("CREATE TABLESPACE small LOCATION '{}'", space.display())).await;
    let name = url.rsplit('/').next().unwrap();
    execute(&mut admin, &format!("ALTER DATABASE {name} SET TABLESPACE small")).await;
    let data = data_dir();
    fills_up_and_goes_on(&disk, data.path(), Some(&url)).await;
    drop(cluster);
}
