//! The one writer.

use std::time::{Duration, Instant};

use oasis_core::{Appended, Event, Position, Presence, StoreError, StoreErrorKind, Timestamp};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, QueryBuilder, Sqlite};
use tokio::sync::Mutex;

use super::notes::{Note, Notes};
use super::place::{self, Known, Place};
use super::{agents, checkpoints, connect, prune, read, select};
use crate::error::while_doing;
use crate::row::{COLUMNS, corrupt, number, vtid_text};

const APPENDING: &str = "the events can't be appended";

/// How many rows one statement takes. There are few sizes, so that each is prepared once and then
/// comes out of the connection's cache.
const STATEMENT_ROWS: [usize; 4] = [64, 16, 4, 1];

/// The store's one connection for writing: appends stand in line here, not at SQLite's lock, where
/// who comes last may wait longest.
pub(super) struct Writer {
    options: SqliteConnectOptions,
    connection: Mutex<Option<SqliteConnection>>,
    notes: Notes,
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions, connection: SqliteConnection) -> Self {
        Self { options, connection: Mutex::new(Some(connection)), notes: Notes::default() }
    }

    /// Records the batch in one transaction; when this returns `Ok`, it is on the disk.
    pub(super) async fn append(
        &self,
        batch: Vec<Event>,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut slot = self.connection.lock().await;
        let mut connection = self.take(&mut slot).await?;
        let appended = append(&mut connection, batch, clock).await?;
        *slot = Some(connection);
        Ok(appended)
    }

    /// Removes some of the oldest rows; how many they were, and for how long nobody else could write.
    pub(super) async fn prune(&self, before: Timestamp) -> Result<(u64, Duration), StoreError> {
        let mut slot = self.connection.lock().await;
        let began = Instant::now();
        let mut connection = self.take(&mut slot).await?;
        let gone = prune::batch(&mut connection, before).await?;
        *slot = Some(connection);
        Ok((gone, began.elapsed()))
    }

    /// Notes that an agent was seen, together with all others that wait for the same by then.
    pub(super) async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        let noted = self.notes.bring(presence);
        let mut slot = self.connection.lock().await;
        let waiting = self.notes.take();
        match self.note_each(&mut slot, &waiting).await {
            // One of them may be why, and the others are not to pay for it.
            Err(error) if error.kind() != StoreErrorKind::Unavailable && waiting.len() > 1 => {
                for note in waiting {
                    let noted = self.note_each(&mut slot, std::slice::from_ref(&note)).await;
                    note.tell(noted);
                }
            }
            all => waiting.into_iter().for_each(|note| note.tell(all.clone())),
        }
        drop(slot);
        noted.await
    }

    async fn note_each(
        &self,
        slot: &mut Option<SqliteConnection>,
        notes: &[Note],
    ) -> Result<(), StoreError> {
        if notes.is_empty() {
            // Somebody else has noted all of them.
            return Ok(());
        }
        let mut connection = self.take(slot).await?;
        let agents: Vec<_> = notes.iter().map(|note| &note.presence).collect();
        agents::note_each(&mut connection, &agents).await?;
        *slot = Some(connection);
        Ok(())
    }

    /// Notes how far a source was read.
    pub(super) async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut slot = self.connection.lock().await;
        let mut connection = self.take(&mut slot).await?;
        checkpoints::reached(&mut connection, source, at).await?;
        *slot = Some(connection);
        Ok(())
    }

    /// The connection, to be put back only after success. After an error, or when the runtime ends
    /// in between, it is closed, which rolls back whatever it was in, and the next write starts on
    /// a fresh one.
    async fn take(
        &self,
        slot: &mut Option<SqliteConnection>,
    ) -> Result<SqliteConnection, StoreError> {
        match slot.take() {
            Some(connection) => Ok(connection),
            None => connect::open(&self.options).await,
        }
    }
}

async fn append(
    connection: &mut SqliteConnection,
    batch: Vec<Event>,
    clock: impl Fn() -> Timestamp,
) -> Result<Vec<Appended>, StoreError> {
    let mut now = clock();
    // Hardly ever does an event come again whose delivery is new. Looking for each id would cost
    // every append, so it is done when the table has refused one.
    let places = match attempt(connection, &batch, now, Ids::Trusted).await {
        Err(Failed::IdIsTaken(_)) => {
            now = clock();
            attempt(connection, &batch, now, Ids::LookedFor).await
        }
        ended => ended,
    };
    let places = places.map_err(|failed| match failed {
        Failed::IdIsTaken(error) | Failed::Store(error) => error,
    })?;
    place::answers(batch, places, now)
}

/// Whether ids are taken to be new.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Trusted,
    LookedFor,
}

/// Why a batch was not recorded.
enum Failed {
    IdIsTaken(StoreError),
    Store(StoreError),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn attempt(
    connection: &mut SqliteConnection,
    batch: &[Event],
    now: Timestamp,
    ids: Ids,
) -> Result<Vec<Place>, Failed> {
    // IMMEDIATE takes the write lock before anything is read: what is read stays true until the
    // commit, and a second process waits here instead of failing later.
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(APPENDING))?;
    let head = read::head(&mut *transaction).await?;
    let mut known = first_deliveries(&mut transaction, batch).await?;
    if ids == Ids::LookedFor {
        for event in batch {
            let row = read::by_id(&mut *transaction, event.id).await?;
            known.by_id.extend(row.map(|row| (event.id, row)));
        }
    }
    let places = place::each(batch, head, &known);
    let new: Vec<_> = batch
        .iter()
        .zip(&places)
        .filter_map(|(event, place)| Some((event, place.new_position()?)))
        .collect();
    for rows in in_statements(&new) {
        if let Err(failed) = insert(&mut transaction, rows, now).await {
            transaction.rollback().await.map_err(while_doing(APPENDING))?;
            return Err(failed);
        }
    }
    transaction.commit().await.map_err(while_doing(APPENDING))?;
    Ok(places)
}

/// The rows of the deliveries that the ledger has already.
async fn first_deliveries(
    connection: &mut SqliteConnection,
    batch: &[Event],
) -> Result<Known, StoreError> {
    let brought: Vec<_> = batch.iter().filter(|event| event.delivery_id.is_some()).collect();
    let mut known = Known::default();
    for events in in_statements(&brought) {
        let rows = select::first_deliveries(events)
            .build()
            .fetch_all(&mut *connection)
            .await
            .map_err(while_doing(APPENDING))?;
        for row in &rows {
            let first = read::decode(row)?;
            if let Some(key) = place::delivery(&first.event) {
                known.by_delivery.insert(key, first);
            }
        }
    }
    Ok(known)
}

async fn insert(
    connection: &mut SqliteConnection,
    rows: &[(&Event, Position)],
    now: Timestamp,
) -> Result<(), Failed> {
    let metas = rows
        .iter()
        .map(|(event, _)| serde_json::to_string(&event.meta).map_err(corrupt("meta")))
        .collect::<Result<Vec<_>, _>>()?;
    let mut insert: QueryBuilder<Sqlite> =
        QueryBuilder::new(format!("INSERT INTO oasis_events ({COLUMNS}) "));
    insert.push_values(rows.iter().zip(metas), |mut values, (&(event, position), meta)| {
        values
            .push_bind(number(position))
            .push_bind(event.id.to_string())
            .push_bind(now.unix_millis())
            .push_bind(event.ts.unix_millis())
            .push_bind(vtid_text(event.vtid.as_ref()))
            .push_bind(&event.layer)
            .push_bind(&event.module)
            .push_bind(&event.source)
            .push_bind(&event.kind)
            .push_bind(event.status.as_str())
            .push_bind(event.title.as_str())
            .push_bind(event.reference.as_deref())
            .push_bind(event.link.as_ref().map(oasis_core::Link::as_str))
            .push_bind(meta)
            .push_bind(event.delivery_id.as_deref());
    });
    let inserted = insert.build().execute(connection).await;
    inserted.map(drop).map_err(|error| {
        // Position and delivery are free, this transaction looked; so it is the id.
        let id_is_taken =
            error.as_database_error().is_some_and(|error| error.is_unique_violation());
        let error = while_doing(APPENDING)(error);
        if id_is_taken { Failed::IdIsTaken(error) } else { Failed::Store(error) }
    })
}

/// Cuts a list into pieces of the statements' sizes, the largest first.
pub(super) fn in_statements<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = STATEMENT_ROWS.into_iter().find(|&size| size <= rest.len())?;
        let (piece, after) = rest.split_at_checked(size)?;
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use sqlx::Row;
    use sqlx::sqlite::SqliteSynchronous;

    use super::*;

    #[tokio::test]
    async fn the_connection_is_as_promised_whatever_a_host_sets() {
        let dir = tempfile::tempdir().unwrap();
        let host = connect::options(&dir.path().join("oasis.db"))
            .unwrap()
            .synchronous(SqliteSynchronous::Off)
            .busy_timeout(Duration::ZERO);
        let writer = connect::writer(&host).await.unwrap();
        let first = writer.connection.lock().await.take().unwrap();
        let its_successor = connect::open(&writer.options).await.unwrap();
        for mut connection in [first, its_successor] {
            for (pragma, wanted) in [
                ("PRAGMA synchronous", 2),
                ("PRAGMA busy_timeout", 5000),
                ("PRAGMA wal_autocheckpoint", 4096),
                ("PRAGMA journal_size_limit", 32 << 20),
                ("PRAGMA query_only", 0),
            ] {
                let row = sqlx::query(pragma).fetch_one(&mut connection).await.unwrap();
                assert_eq!(row.get::<i64, _>(0), wanted, "{pragma}");
            }
        }
    }

    async fn noted_at_once(
        writer: &Writer,
        agents: impl Iterator<Item = &'static str>,
    ) -> Vec<Result<(), StoreError>> {
        let seen = Timestamp::UNIX_EPOCH;
        let busy = writer.connection.lock().await;
        let mut waiting: Vec<_> = agents
            .map(|agent| Presence::new(agent.to_owned(), "worker".to_owned(), seen))
            .map(|presence| Box::pin(writer.note(presence)))
            .collect();
        for note in &mut waiting {
            let polled = poll_fn(|cx| Poll::Ready(note.as_mut().poll(cx).is_pending())).await;
            assert!(polled, "the writer is busy");
        }
        drop(busy);
        let mut noted = Vec::new();
        for note in waiting {
            noted.push(note.await);
        }
        noted
    }

    #[tokio::test]
    async fn heartbeats_that_wait_are_noted_in_one_commit() {
        let dir = tempfile::tempdir().unwrap();
        let options = connect::options(&dir.path().join("oasis.db")).unwrap();
        let writer = connect::writer(&options).await.unwrap();
        // How many pages the log has; afterwards the next write starts it anew.
        let pages = async || {
            let mut slot = writer.connection.lock().await;
            let checkpoint = sqlx::query("PRAGMA wal_checkpoint(RESTART)");
            checkpoint.fetch_one(slot.as_mut().unwrap()).await.unwrap().get::<i64, _>(1)
        };
        pages().await;
        let noted = noted_at_once(&writer, std::iter::repeat_n("crew-7", 500)).await;
        assert!(noted.iter().all(Result::is_ok));
        let pages = pages().await;
        assert!((1..100).contains(&pages), "{pages} pages for 500 heartbeats of one agent");
    }

    #[tokio::test]
    async fn a_heartbeat_that_is_refused_is_so_alone() {
        let dir = tempfile::tempdir().unwrap();
        let options = connect::options(&dir.path().join("oasis.db")).unwrap();
        let writer = connect::writer(&options).await.unwrap();
        let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON oasis_agents WHEN new.agent = 'no' \
             BEGIN SELECT RAISE(ABORT, 'not this one'); END";
        let mut slot = writer.connection.lock().await;
        sqlx::raw_sql(refuse).execute(slot.as_mut().unwrap()).await.unwrap();
        drop(slot);
        let noted = noted_at_once(&writer, ["a", "no", "b", "c"].into_iter()).await;
        let noted: Vec<_> = noted.iter().map(Result::is_ok).collect();
        assert_eq!(noted, [true, false, true, true]);
        let mut slot = writer.connection.lock().await;
        let count = sqlx::query("SELECT count(*) FROM oasis_agents");
        let count = count.fetch_one(slot.as_mut().unwrap()).await.unwrap().get::<i64, _>(0);
        assert_eq!(count, 3);
    }

    #[test]
    fn a_list_is_cut_without_loss() {
        for length in 0..300 {
            let list: Vec<_> = (0..length).collect();
            let pieces: Vec<_> = in_statements(&list).collect();
            assert_eq!(pieces.concat(), list);
            assert!(pieces.iter().all(|piece| STATEMENT_ROWS.contains(&piece.len())));
        }
    }
}
