-- The ledger: one row for each event, never changed and never deleted.
--
-- Moments are milliseconds since 1970-01-01T00:00:00Z, so that they compare as numbers;
-- `datetime(created_at / 1000, 'unixepoch')` shows one.
CREATE TABLE oasis_events (
    -- 1, 2, 3 ... in the order of commit. The writer gives the number inside its transaction;
    -- AUTOINCREMENT would burn one for each duplicate.
    position    INTEGER PRIMARY KEY CHECK (position > 0),
    id          TEXT    NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    vtid        TEXT    NOT NULL,
    layer       TEXT    NOT NULL,
    module      TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN (
        'queued', 'in_progress', 'success', 'failure', 'cancelled', 'info', 'warning', 'error'
    )),
    title       TEXT    NOT NULL,
    ref         TEXT,
    link        TEXT,
    meta        TEXT    NOT NULL,
    delivery_id TEXT
) STRICT;

-- One row for each delivery, however often it comes.
CREATE UNIQUE INDEX oasis_events_delivery
    ON oasis_events (source, delivery_id) WHERE delivery_id IS NOT NULL;

-- A task's timeline, and what failed: each index ends with the row's position, so a page is read
-- in its order. The other filters thin out a scan along the positions; an index for each of them
-- would cost every append more than it saves the few queries that use it.
CREATE INDEX oasis_events_vtid ON oasis_events (vtid);
CREATE INDEX oasis_events_status ON oasis_events (status);

-- Append-only holds for everybody who has the file. A prune drops the second trigger and makes it
-- anew in its own transaction, which nobody else sees; it must leave the newest row, from which
-- the next position is counted.
CREATE TRIGGER oasis_events_no_update BEFORE UPDATE ON oasis_events
BEGIN
    SELECT RAISE(ABORT, 'oasis_events is append-only');
END;
CREATE TRIGGER oasis_events_no_delete BEFORE DELETE ON oasis_events
BEGIN
    SELECT RAISE(ABORT, 'oasis_events is append-only');
END;
