//! Secrets and tokens; what they are is never said.

use std::path::Path;

use super::finding::Finding;
use crate::config::{
    ADMIN_TOKEN, Config, INGEST_TOKEN, PUBLIC_READ, READ_TOKEN, WATCH_CREDENTIALS,
};
use crate::secrets;

const MAKE_ONE: &str = "make one with `openssl rand -hex 32`";

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let Ok(address) = config.address() else { return Vec::new() };
    let local = address.ip().is_loopback();
    let mut findings = vec![webhook(config, local)];
    let public = config.parse(PUBLIC_READ).ok().flatten().unwrap_or(false);
    for (check, name, variable) in [
        ("read token", READ_TOKEN, "OASIS_READ_TOKEN"),
        ("ingest token", INGEST_TOKEN, "OASIS_INGEST_TOKEN"),
        ("admin token", ADMIN_TOKEN, "OASIS_ADMIN_TOKEN"),
    ] {
        findings.push(match secrets::tokens(config, name) {
            Err(error) => Finding::fault(check, format!("{error:#}"), MAKE_ONE),
            Ok(tokens) if !tokens.is_empty() => {
                Finding::fine(check, format!("{} configured", tokens.len()))
            }
            Ok(_) => match name {
                READ_TOKEN if public => {
                    let found = "none, and public_read is on: everybody may read";
                    Finding::warning(check, found, format!("set {variable} if not everybody may"))
                }
                READ_TOKEN if local => Finding::fine(check, "none: who reaches loopback may read"),
                READ_TOKEN => Finding::fault(
                    check,
                    format!("none, and {address} is not loopback: the gateway will not start"),
                    format!("set {variable}; {MAKE_ONE}"),
                ),
                INGEST_TOKEN if local => {
                    Finding::fine(check, "none: one is made in the data directory")
                }
                INGEST_TOKEN => {
                    let found = "none: /events/ingest and heartbeats are closed";
                    Finding::warning(check, found, format!("set {variable} if agents report here"))
                }
                _ => Finding::fine(check, "none: who reads may see /metrics"),
            },
        });
    }
    findings.extend(config.get(WATCH_CREDENTIALS).map(|file| key_file(Path::new(file))));
    findings
}

fn webhook(config: &Config, local: bool) -> Finding {
    const CHECK: &str = "webhook secret";
    match secrets::configured(config) {
        Err(error) => Finding::fault(CHECK, format!("{error:#}"), MAKE_ONE),
        Ok(Some(_)) => Finding::fine(CHECK, "configured"),
        Ok(None) if !local => Finding::fault(
            CHECK,
            "none, and the address is not loopback: the gateway will not start",
            format!("set GITHUB_WEBHOOK_SECRET to that of your webhook; {MAKE_ONE}"),
        ),
        Ok(None) => {
            let file = secrets::secret_file(config.data_dir());
            if !file.exists() {
                return Finding::fine(CHECK, "none yet: the first start makes one");
            }
            match (secrets::generated(config.data_dir()), is_private(&file)) {
                (Err(error), _) => {
                    let remedy = "remove the file, and the next start makes a new one";
                    Finding::fault(CHECK, format!("{error:#}"), remedy)
                }
                (Ok(_), false) => Finding::warning(
                    CHECK,
                    format!("others may read {}", file.display()),
                    format!("chmod 600 {}", file.display()),
                ),
                (Ok(_), true) => Finding::fine(CHECK, format!("in {}", file.display())),
            }
        }
    }
}

/// The key of a service account of Google's.
fn key_file(file: &Path) -> Finding {
    const CHECK: &str = "google's key";
    match std::fs::read(file) {
        Err(error) => Finding::fault(
            CHECK,
            format!("cannot read {}: {error}", file.display()),
            "set GOOGLE_APPLICATION_CREDENTIALS to the key's file, or unset it on Google's machines",
        ),
        Ok(_) if !is_private(file) => Finding::warning(
            CHECK,
            format!("others may read {}", file.display()),
            format!("chmod 600 {}", file.display()),
        ),
        Ok(_) => Finding::fine(CHECK, format!("in {}", file.display())),
    }
}

/// Whether nobody but its owner may read a file.
#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}
