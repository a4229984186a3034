-- How far a source was read that doesn't come by itself but is asked: one row for each.
CREATE TABLE oasis_checkpoints (
    source     TEXT    PRIMARY KEY,
    -- Milliseconds since 1970-01-01T00:00:00Z.
    reached_at INTEGER NOT NULL
) STRICT;
