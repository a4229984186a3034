//! From what a database says to what the caller can do about it.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

/// For `map_err`: the error of what was being done.
pub(crate) fn while_doing(context: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |cause| StoreError::new(kind(&cause), context).because(cause)
}

/// The same for migrations.
pub(crate) fn while_migrating(cause: MigrateError) -> StoreError {
    let (kind, context) = match &cause {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            (kind(error), "the ledger's tables can't be brought up to date")
        }
        _ => (
            StoreErrorKind::Misconfigured,
            "the ledger's tables were made by other migrations than this version's",
        ),
    };
    StoreError::new(kind, context).because(cause)
}

/// Whether somebody else holds the database locked.
#[cfg(feature = "sqlite")]
pub(crate) fn is_busy(cause: &sqlx::Error) -> bool {
    let code = cause.as_database_error().and_then(|error| primary(error.code().as_deref()));
    code == Some(5)
}

fn kind(cause: &sqlx::Error) -> StoreErrorKind {
    match cause {
        sqlx::Error::Database(error) => match error.kind() {
            // What may be stored is checked before it is sent: these say that somebody else
            // wrote to the table.
            ErrorKind::UniqueViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::CheckViolation => StoreErrorKind::Corrupt,
            _ => match error.code().as_deref() {
                Some(code) if code.len() == SQLSTATE_LEN => of_sqlstate(code),
                code => of_code(code),
            },
        },
        sqlx::Error::Configuration(_)
        | sqlx::Error::InvalidArgument(_)
        | sqlx::Error::ColumnNotFound(_) => StoreErrorKind::Misconfigured,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreErrorKind::Corrupt,
        // Sockets, files, pools, workers: it may be over in a moment.
        _ => StoreErrorKind::Unavailable,
    }
}

/// An SQLite result code has at most four digits.
const SQLSTATE_LEN: usize = 5;

/// What Postgres says: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_sqlstate(code: &str) -> StoreErrorKind {
    match (code.get(..2).unwrap_or_default(), code) {
        // data_corrupted, index_corrupted
        (_, "XX001" | "XX002") => StoreErrorKind::Corrupt,
        // a parameter that a proxy refuses
        (_, "08P01") => StoreErrorKind::Misconfigured,
        // read-only while a standby is promoted; locked, being altered, deadlocked, serialised
        (_, "25006" | "55P03" | "55006") | ("40", _) => StoreErrorKind::Unavailable,
        // a value it can't take, an invalid state, a wrong password, no such database, schema,
        // table, function or right, a limit, something raised
        ("22" | "25" | "28" | "3D" | "3F" | "42" | "54" | "55" | "P0", _) => {
            StoreErrorKind::Misconfigured
        }
        // connections, memory, disks, shutdowns, cancelled statements …
        _ => StoreErrorKind::Unavailable,
    }
}

/// What an SQLite result code means for the caller: <https://www.sqlite.org/rescode.html>.
fn of_code(code: Option<&str>) -> StoreErrorKind {
    match primary(code) {
        // ERROR (no such table), PERM, READONLY, CONSTRAINT (somebody's trigger says no), AUTH
        Some(1 | 3 | 8 | 19 | 23) => StoreErrorKind::Misconfigured,
        // CORRUPT, NOTADB
        Some(11 | 26) => StoreErrorKind::Corrupt,
        // BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN …
        _ => StoreErrorKind::Unavailable,
    }
}

/// The lowest byte of an SQLite code; what is above it only refines that.
fn primary(code: Option<&str>) -> Option<u32> {
    let code: u32 = code?.parse().ok()?;
    Some(code & 0xff)
}
