-- Who of the agents is there: one row for each, updated by its heartbeats. What they did stands in
-- the ledger; this is only how they are now.
CREATE TABLE oasis_agents (
    agent            TEXT    PRIMARY KEY,
    role             TEXT    NOT NULL,
    vtid             TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    interval_seconds INTEGER NOT NULL CHECK (interval_seconds > 0),
    -- Milliseconds since 1970-01-01T00:00:00Z.
    seen_at          INTEGER NOT NULL,
    meta             TEXT    NOT NULL
) STRICT;
