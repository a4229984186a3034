//! The database: is it reached, and are its tables this version's?

use anyhow::Error;
use oasis_core::Timestamp;

use super::finding::Finding;
use crate::config::{Config, DATABASE_URL};
use crate::ledger;

const CHECK: &str = "database";

/// And what time it is there.
pub(super) async fn check(config: &Config) -> (Finding, Option<Timestamp>) {
    match ledger::inspect(config).await {
        Ok(None) => (Finding::fine(CHECK, "none yet: the first start makes it"), None),
        Err(error) => (Finding::fault(CHECK, format!("{error:#}"), remedy(config, &error)), None),
        Ok(Some(found)) if found.pending.is_empty() => {
            (Finding::fine(CHECK, format!("{}, tables up to date", found.server)), found.clock)
        }
        Ok(Some(found)) => {
            let pending = found.pending.join(", ");
            let told = format!("{}, migrations that have not run: {pending}", found.server);
            let remedy = "the next start runs them, or `oasis-gateway migrate`, as a role that may \
                          create tables";
            (Finding::warning(CHECK, told, remedy), found.clock)
        }
    }
}

fn remedy(config: &Config, error: &Error) -> &'static str {
    let said = format!("{error:#}");
    match config.get(DATABASE_URL) {
        Some(url) if !url.starts_with("sqlite:") => {
            if said.contains("password") || said.contains("authentication") {
                "correct user and password in DATABASE_URL"
            } else if said.contains("does not exist") {
                "create the database, or correct its name in DATABASE_URL"
            } else if said.contains("can't be reached") {
                "start the database, and let this machine connect to the host and port in DATABASE_URL"
            } else {
                "do what it says, or correct DATABASE_URL"
            }
        }
        _ => {
            "give this user the file and its folder, or name another with DATABASE_URL=sqlite:PATH"
        }
    }
}
