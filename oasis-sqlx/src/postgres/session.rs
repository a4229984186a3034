//! How a statement comes to a connection, and how long it may take.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgRow, Postgres};
use sqlx::{Connection, QueryBuilder};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::connect::TRUSTED_FOR;
use super::lone::Lone;

/// How long a statement may take, with all that belongs to it, the wait for a connection too; the
/// server's own limits are shorter, this one is for a server that answers nothing at all.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);
/// The same for work that nobody waits for and that holds nobody up.
pub(super) const PATIENT_DEADLINE: Duration = Duration::from_secs(20 * 60);
/// In a transaction of its own a statement brings its limits along: a connection that others use
/// in between keeps no settings.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = '4s'; \
     SET LOCAL idle_in_transaction_session_timeout = '5s'";
const BEGIN_PATIENT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
     SET LOCAL statement_timeout = '19min'; \
     SET LOCAL idle_in_transaction_session_timeout = '5s'";

/// The pool, and what its connections can be used for.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) pool: PgPool,
    pub(super) connections: Connections,
    /// `None` where the pool is the host's, which counts its connections.
    pub(super) kept: Option<Arc<Kept>>,
}

/// The connections that appends keep between them.
#[derive(Debug, Default)]
pub(super) struct Kept {
    batches: Seat,
    lone: Lone,
}

/// A connection that one after the other uses, and since when nobody does. One that goes back to the
/// pool is asked each time whether it is well, by a task of its own: a lone delivery would pay for
/// two round trips.
#[derive(Debug, Default)]
pub(super) struct Seat(Mutex<Option<(PgConnection, Instant)>>);

/// What a connection of the pool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connections {
    /// One to the server: what is prepared and set on it stays.
    Direct,
    /// The same, but transactions are not READ COMMITTED unless that is said.
    Isolated,
    /// One to PgBouncer, in front of another server connection in each transaction.
    Pooled,
}

impl Kept {
    /// With this connection for who appends first: another one would have to be opened, while a
    /// reader may have taken the pool's.
    pub(super) async fn beginning_with(connection: PgConnection, connections: Connections) -> Self {
        let kept = Self::default();
        match connections {
            Connections::Direct => kept.lone.keep(connection).await,
            Connections::Isolated | Connections::Pooled => kept.batches.keep(connection).await,
        }
        kept
    }
}

impl Seat {
    /// Keeps this connection.
    pub(super) async fn keep(&self, connection: PgConnection) {
        *self.0.lock().await = Some((connection, Instant::now()));
    }
}

impl Session {
    /// Runs one statement and gives its rows.
    pub(super) async fn rows(
        &self,
        statement: QueryBuilder<Postgres>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        in_time(DEADLINE, self.run(statement, self.connections.begin())).await
    }

    /// The same for batches, by the connection that is kept for them.
    pub(super) async fn rows_appended(
        &self,
        statement: QueryBuilder<Postgres>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        match self.kept.as_ref().map(|kept| &kept.batches) {
            Some(seat) => match self.rows_kept(seat, "", statement).await {
                Ok(rows) => rows,
                // Who finds it in use goes to the pool.
                Err(statement) => self.rows(statement).await,
            },
            None => self.rows(statement).await,
        }
    }

    /// The connection for events that come alone, where there is one.
    pub(super) fn lone(&self) -> Option<&Lone> {
        let plain = self.connections == Connections::Direct;
        self.kept.as_ref().filter(|_| plain).map(|kept| &kept.lone)
    }

    /// Runs one statement by the connection of this seat, which is opened with these settings; gives
    /// the statement back if the seat is taken.
    pub(super) async fn rows_kept(
        &self,
        seat: &Seat,
        settings: &'static str,
        mut statement: QueryBuilder<Postgres>,
    ) -> Result<Result<Vec<PgRow>, sqlx::Error>, QueryBuilder<Postgres>> {
        let Ok(mut kept) = seat.0.try_lock() else { return Err(statement) };
        let rows = in_time(DEADLINE, async {
            let mut connection = match well(kept.take()).await {
                Some(connection) => connection,
                None => {
                    let mut connection = self.pool.acquire().await?.detach();
                    if !settings.is_empty() {
                        sqlx::raw_sql(settings).execute(&mut connection).await?;
                    }
                    connection
                }
            };
            let rows = self.connections.fetch(&mut connection, &mut statement).await?;
            // One whose statement was cut off or failed is closed instead.
            *kept = Some((connection, Instant::now()));
            Ok(rows)
        });
        Ok(rows.await)
    }

    /// Runs one statement that may take minutes and gives its rows.
    pub(super) async fn rows_of_long_work(
        &self,
        statement: QueryBuilder<Postgres>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        in_time(PATIENT_DEADLINE, self.run(statement, Some(BEGIN_PATIENT))).await
    }

    async fn run(
        &self,
        mut statement: QueryBuilder<Postgres>,
        begin: Option<&'static str>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut lent = Lent::from(&self.pool).await?;
        let rows = self.connections.fetch_in(begin, lent.get()?, &mut statement).await?;
        lent.give_back();
        Ok(rows)
    }

    /// Runs one statement that has no values, for what it does.
    pub(super) async fn execute(&self, statement: String) -> Result<(), sqlx::Error> {
        in_time(DEADLINE, async {
            let mut lent = Lent::from(&self.pool).await?;
            // Without values it goes over as it is, and nothing is prepared.
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(lent.get()?).await?;
            lent.give_back();
            Ok(())
        })
        .await
    }
}

impl Connections {
    /// Runs one statement over this connection and gives its rows.
    pub(super) async fn fetch(
        self,
        connection: &mut PgConnection,
        statement: &mut QueryBuilder<Postgres>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        self.fetch_in(self.begin(), connection, statement).await
    }

    fn begin(self) -> Option<&'static str> {
        (self != Self::Direct).then_some(BEGIN)
    }

    async fn fetch_in(
        self,
        begin: Option<&'static str>,
        connection: &mut PgConnection,
        statement: &mut QueryBuilder<Postgres>,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = statement.build().persistent(self != Self::Pooled);
        let Some(begin) = begin else {
            return query.fetch_all(connection).await;
        };
        let mut transaction = connection.begin_with(begin).await?;
        let rows = query.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// The connection that was kept, unless the server has gone meanwhile.
async fn well(kept: Option<(PgConnection, Instant)>) -> Option<PgConnection> {
    let (mut connection, since) = kept?;
    let well = since.elapsed() < TRUSTED_FOR || connection.ping().await.is_ok();
    well.then_some(connection)
}

/// What this ends with, or an error after the deadline.
pub(super) async fn in_time<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    timeout(deadline, work).await.unwrap_or_else(|_elapsed| {
        Err(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer").into())
    })
}

/// A connection of the pool that is closed unless it is given back: nobody knows what became of a
/// statement that was cut off or failed, and the next one must not wait for its end.
pub(super) struct Lent(Option<PoolConnection<Postgres>>);

impl Lent {
    pub(super) async fn from(pool: &PgPool) -> Result<Self, sqlx::Error> {
        pool.acquire().await.map(|connection| Self(Some(connection)))
    }

    pub(super) fn get(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        self.0.as_deref_mut().ok_or(sqlx::Error::PoolClosed)
    }

    pub(super) fn give_back(&mut self) {
        self.0 = None;
    }

    /// The connection, of which the pool knows nothing from now on.
    pub(super) fn take(mut self) -> Option<PgConnection> {
        self.0.take().map(PoolConnection::detach)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}
