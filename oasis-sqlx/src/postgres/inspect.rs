//! How a database stands, without changing it.

use oasis_core::{StoreError, Timestamp};
use sqlx::{Executor, Row};

use super::PostgresStore;
use super::connect;
use super::migrate;
use super::schema;
use crate::error::while_doing;
use crate::inspection::Inspection;

impl PostgresStore {
    /// Looks at the database of this URL as [`connect`](Self::connect) would, but changes nothing.
    ///
    /// ```no_run
    /// use oasis_sqlx::PostgresStore;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let found = PostgresStore::inspect("postgres://oasis:password@127.0.0.1/oasis").await?;
    /// println!("{}; still to run: {}", found.server, found.pending.join(", "));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Self::connect); that migrations have not run is no error.
    pub async fn inspect(url: &str) -> Result<Inspection, StoreError> {
        let (options, _pooled) = connect::options(url)?;
        let pool = connect::pool(options);
        let mut first = connect::first(&pool).await?;
        let doing = while_doing("the database can't be looked at");
        let connection = first.get().map_err(&doing)?;
        // A text without values, so that nothing is prepared: this may be PgBouncer.
        let row = connection
            .fetch_one(
                "SELECT current_setting('server_version'), \
                 floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint::text",
            )
            .await
            .map_err(&doing)?;
        let version: String = row.try_get(0).map_err(&doing)?;
        let millis: String = row.try_get(1).map_err(&doing)?;
        let pending = migrate::pending(connection).await?;
        if pending.is_empty() {
            schema::check(connection).await?;
        }
        Ok(Inspection {
            server: format!("PostgreSQL {version}"),
            pending: pending.iter().map(|one| one.description.to_string()).collect(),
            clock: millis.parse().ok().map(Timestamp::from_unix_millis),
        })
    }
}
