//! Pools of connections that keep the promises.

use std::str::FromStr;
use std::time::Duration;

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, Row};

use super::session::{Connections, DEADLINE, Lent, in_time};
use crate::error::while_doing;

/// How long one waits for a connection, be it of the pool or a new one.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that was idle for longer is tried before it is used: the server may have gone.
pub(super) const TRUSTED_FOR: Duration = Duration::from_secs(1);
const MAX_CONNECTIONS: u32 = 10;
/// What the server ends by itself; a URL that names one of them says it all.
const LIMITS: [(&str, &str); 2] =
    [("statement_timeout", "4s"), ("idle_in_transaction_session_timeout", "5s")];

/// The options of a URL, and whether it says that PgBouncer is in front of the server.
pub(super) fn options(url: &str) -> Result<(PgConnectOptions, bool), StoreError> {
    let (url, pooled) = without_pgbouncer(url);
    let options = PgConnectOptions::from_str(&url)
        .map_err(while_doing("the Postgres URL can't be understood"))?;
    if pooled {
        // A parameter that PgBouncer doesn't know, and refuses.
        return Ok((options.extra_float_digits(None), true));
    }
    let given = options.get_options().unwrap_or_default();
    let limits: Vec<_> = LIMITS.into_iter().filter(|(limit, _)| !given.contains(limit)).collect();
    Ok((options.options(limits), false))
}

/// The parameters that sqlx knows, beside `options[…]`.
const KNOWN: [&str; 18] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// The URL as sqlx knows it, and whether its parameter `pgbouncer`, which is this crate's own, is
/// on. Other parameters are for other programs; sqlx would log what they say.
fn without_pgbouncer(url: &str) -> (String, bool) {
    let Some((front, query)) = url.split_once('?') else {
        return (url.to_owned(), false);
    };
    let on = query.split('&').any(|pair| matches!(pair, "pgbouncer=true" | "pgbouncer=1"));
    let known = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        KNOWN.contains(&name) || name.starts_with("options[")
    });
    let known: Vec<_> = known.collect();
    let mark = if known.is_empty() { "" } else { "?" };
    (format!("{front}{mark}{}", known.join("&")), on)
}

/// A pool of the store's own.
pub(super) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // Else each statement would pay for a question before it.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED_FOR {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .connect_lazy_with(options)
}

/// A pool of one connection, for something that keeps it.
pub(super) fn single(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with((*pool.connect_options()).clone())
}

/// Connects for the first time.
pub(super) async fn first(pool: &PgPool) -> Result<Lent, StoreError> {
    Lent::from(pool).await.map_err(|error| {
        let text = error.as_database_error().map(|error| error.message()).unwrap_or_default();
        if text.contains("unsupported startup parameter") {
            return StoreError::new(
                StoreErrorKind::Misconfigured,
                "this is PgBouncer and not the server; add pgbouncer=true to the URL",
            )
            .because(error);
        }
        while_doing("the database can't be reached")(error)
    })
}

impl Connections {
    /// What a connection is.
    pub(super) async fn of(
        connection: &mut PgConnection,
        pooled: bool,
    ) -> Result<Self, StoreError> {
        let isolation: String =
            in_time(DEADLINE, connection.fetch_one("SHOW default_transaction_isolation"))
                .await
                .and_then(|row| row.try_get(0))
                .map_err(while_doing("the database's settings can't be read"))?;
        Ok(match isolation.as_str() {
            _ if pooled => Self::Pooled,
            "read committed" => Self::Direct,
            _ => Self::Isolated,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqlx_doesn_t_know_is_taken_out_of_the_url() {
        for (url, rest, on) in [
            ("postgres://u:p@h/d", "postgres://u:p@h/d", false),
            ("postgres://h/d?pgbouncer=true", "postgres://h/d", true),
            ("postgres://h/d?pgbouncer=false", "postgres://h/d", false),
            ("postgres://h/d?port=1&pgbouncer=1&user=2", "postgres://h/d?port=1&user=2", true),
            ("postgres://h/d?options[a]=b&x=canary", "postgres://h/d?options[a]=b", false),
            ("postgres://h/d?xpgbouncer=true", "postgres://h/d", false),
        ] {
            assert_eq!(without_pgbouncer(url), (rest.to_owned(), on), "{url}");
        }
    }

    #[test]
    fn limits_are_set_unless_the_url_sets_them_or_can_t() {
        let given = |url| options(url).unwrap().0.get_options().map(str::to_owned);
        let both = given("postgres://h/d").unwrap();
        assert!(both.contains("statement_timeout=4s") && both.contains("idle_in"), "{both}");
        let one = given("postgres://h/d?options=-cstatement_timeout%3D9s").unwrap();
        assert!(one.contains("=9s") && !one.contains("=4s") && one.contains("idle_in"), "{one}");
        assert_eq!(given("postgres://h/d?pgbouncer=true"), None);
    }

    #[test]
    fn no_error_shows_the_url() {
        for url in ["postgres://u:canary@h:port/d", "postgres://u:canary@h/d?sslmode=canary"] {
            let error = options(url).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{url}");
        }
        let error = options("postgres://u:canary@h:port/d").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}
