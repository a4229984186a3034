-- What a gateway of one row a delivery needs: the columns and indexes of the ledger, and a sequence
-- instead of dense positions.
CREATE TABLE deliveries (
    position    bigserial   PRIMARY KEY,
    id          uuid        NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    occurred_at timestamptz NOT NULL DEFAULT now(),
    vtid        text        NOT NULL COLLATE "C",
    layer       text        NOT NULL COLLATE "C",
    module      text        NOT NULL COLLATE "C",
    source      text        NOT NULL COLLATE "C",
    kind        text        NOT NULL COLLATE "C",
    status      text        NOT NULL COLLATE "C",
    title       text        NOT NULL COLLATE "C",
    ref         text        COLLATE "C",
    link        text        COLLATE "C",
    meta        jsonb       NOT NULL,
    delivery_id text        COLLATE "C",
    UNIQUE (source, delivery_id)
);
CREATE INDEX ON deliveries (vtid, position);
CREATE INDEX ON deliveries (status, position);
CREATE INDEX ON deliveries USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);
