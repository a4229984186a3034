-- The ledger: one row for each event, never changed and never deleted.
--
-- One statement, so that it happens whole or not at all, in a transaction or without one. It may
-- run again on what it made, and on the table `oasis_events` of the earlier phase, whose rows stay:
-- they get their positions in the order of (created_at, id), and what they lack is made of what
-- they have. The earlier columns stay beside the new ones, and who writes only them may go on.
DO $migration$
DECLARE
    ledger text;
BEGIN
    -- A table that somebody holds is an error after five seconds, not a queue of everybody else.
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM set_config('client_min_messages', 'warning', true);

    -- The last position that was given. Who appends locks this row first, so that positions are
    -- given in the order of commit.
    CREATE TABLE IF NOT EXISTS oasis_head (
        one         boolean PRIMARY KEY DEFAULT true CHECK (one),
        position    bigint  NOT NULL CHECK (position >= 0)
    ) WITH (fillfactor = 10);
    INSERT INTO oasis_head (position) VALUES (0) ON CONFLICT DO NOTHING;

    CREATE TABLE IF NOT EXISTS oasis_events (
        position    bigint      NOT NULL CHECK (position > 0),
        id          uuid        PRIMARY KEY,
        created_at  timestamptz NOT NULL,
        occurred_at timestamptz NOT NULL,
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
        delivery_id text        COLLATE "C"
    );

    IF EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'oasis_events'::regclass AND attname = 'topic' AND NOT attisdropped
    ) THEN
        ALTER TABLE oasis_events
            ADD COLUMN IF NOT EXISTS position    bigint CHECK (position > 0),
            ADD COLUMN IF NOT EXISTS occurred_at timestamptz,
            ADD COLUMN IF NOT EXISTS layer       text COLLATE "C",
            ADD COLUMN IF NOT EXISTS module      text COLLATE "C",
            ADD COLUMN IF NOT EXISTS source      text COLLATE "C",
            ADD COLUMN IF NOT EXISTS kind        text COLLATE "C",
            ADD COLUMN IF NOT EXISTS title       text COLLATE "C",
            ADD COLUMN IF NOT EXISTS ref         text COLLATE "C",
            ADD COLUMN IF NOT EXISTS meta        jsonb,
            ADD COLUMN IF NOT EXISTS delivery_id text COLLATE "C";

        -- Makes a row of the earlier phase one of the contract: task, layer and title as far as
        -- they can be told, and all that the row says in `meta`.
        CREATE OR REPLACE FUNCTION oasis_adopt() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $adopt$
        DECLARE
            -- https://host/path in printable ASCII, as short as links are kept
            is_link constant text := '^[Hh][Tt][Tt][Pp][Ss]?://[!-.0-9:-~]';
            action text;
        BEGIN
            IF NEW.position IS NULL THEN
                UPDATE oasis_head SET position = oasis_head.position + 1
                    RETURNING oasis_head.position INTO NEW.position;
            END IF;
            NEW.created_at := coalesce(NEW.created_at, clock_timestamp());
            NEW.occurred_at := coalesce(NEW.occurred_at, NEW.created_at);
            NEW.meta := coalesce(
                NEW.meta,
                CASE jsonb_typeof(NEW.metadata)
                    WHEN 'object' THEN NEW.metadata
                    WHEN 'null' THEN '{}'
                    ELSE jsonb_strip_nulls(jsonb_build_object('metadata', NEW.metadata))
                END
            ) || jsonb_strip_nulls(jsonb_build_object(
                'topic', NEW.topic, 'service', NEW.service, 'role', NEW.role,
                'model', NEW.model, 'message', NEW.message
            ));
            IF upper(NEW.vtid) ~ '^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$' AND length(NEW.vtid) <= 96 THEN
                NEW.vtid := upper(NEW.vtid);
            ELSIF NEW.vtid IS DISTINCT FROM 'UNSET' THEN
                NEW.meta := NEW.meta || jsonb_strip_nulls(jsonb_build_object('vtid', NEW.vtid));
                NEW.vtid := 'UNSET';
            END IF;
            IF NEW.link !~ (is_link || '[!-~]*$') OR length(NEW.link) > 2048
                OR NEW.link ~ '^[^:]*://[/?#]'
            THEN
                NEW.meta := NEW.meta || jsonb_build_object('link', NEW.link);
                NEW.link := NULL;
            END IF;
            NEW.source := coalesce(NEW.source, nullif(
                btrim(regexp_replace(lower(NEW.service), '[^a-z0-9_-]+', '.', 'g'), '.'), ''
            ), 'oasis.events');
            NEW.kind := coalesce(NEW.kind, nullif(NEW.topic, ''), 'event');
            -- `deploy.prod.started`: the first word is what it is about, the rest what happened.
            NEW.module := coalesce(NEW.module, nullif(
                upper((regexp_match(NEW.kind, '[A-Za-z][A-Za-z0-9_]*'))[1]), ''
            ), 'OTHER');
            NEW.layer := coalesce(
                NEW.layer,
                (regexp_match(NEW.vtid, '^(?!VTID-)[A-Z]+-([A-Z]+)-'))[1],
                CASE
                    WHEN NEW.source ~ '(github|gcp|cicd|deploy)' THEN 'CICDL'
                    WHEN NEW.source ~ 'agent' OR NEW.role ~* 'agent' THEN 'AGTL'
                    ELSE 'SYSTEM'
                END
            );
            IF NEW.title IS NULL THEN
                action := regexp_replace(NEW.kind, '^[^A-Za-z]*[A-Za-z0-9_]*', '');
                IF action !~ '[A-Za-z]' THEN
                    action := NEW.status;
                END IF;
                SELECT string_agg(coalesce(nullif(btrim(
                    regexp_replace(upper(word), '[^A-Z]+', '-', 'g'), '-'), ''), 'OTHER'
                ), '-' ORDER BY place) INTO NEW.title
                FROM unnest(ARRAY[NEW.layer, NEW.module, action]) WITH ORDINALITY AS w(word, place);
            END IF;
            RETURN NEW;
        END
        $adopt$;

        ALTER TABLE oasis_events
            ALTER COLUMN topic DROP NOT NULL,
            ALTER COLUMN service DROP NOT NULL,
            ALTER COLUMN role DROP NOT NULL,
            ALTER COLUMN message DROP NOT NULL,
            ALTER COLUMN metadata DROP DEFAULT;
        -- The two begin with the same column as indexes below.
        DROP INDEX IF EXISTS idx_oasis_events_vtid, idx_oasis_events_status;

        IF EXISTS (SELECT FROM oasis_events WHERE position IS NULL) THEN
            DROP TRIGGER IF EXISTS oasis_adopt ON oasis_events;
            CREATE TRIGGER oasis_adopt BEFORE UPDATE ON oasis_events
                FOR EACH ROW EXECUTE FUNCTION oasis_adopt();
            UPDATE oasis_events AS event SET position = old.position
            FROM (
                SELECT id, (SELECT position FROM oasis_head)
                    + row_number() OVER (ORDER BY created_at, id) AS position
                FROM oasis_events WHERE oasis_events.position IS NULL
            ) AS old
            WHERE event.id = old.id;
            UPDATE oasis_head
                SET position = (SELECT max(oasis_events.position) FROM oasis_events);
        END IF;
        -- Who writes the earlier columns gets the rest filled in.
        DROP TRIGGER IF EXISTS oasis_adopt ON oasis_events;
        CREATE TRIGGER oasis_adopt BEFORE INSERT ON oasis_events
            FOR EACH ROW WHEN (NEW.position IS NULL) EXECUTE FUNCTION oasis_adopt();

        ALTER TABLE oasis_events
            ALTER COLUMN position    SET NOT NULL,
            ALTER COLUMN created_at  SET NOT NULL,
            ALTER COLUMN occurred_at SET NOT NULL,
            ALTER COLUMN vtid        SET NOT NULL,
            ALTER COLUMN layer       SET NOT NULL,
            ALTER COLUMN module      SET NOT NULL,
            ALTER COLUMN source      SET NOT NULL,
            ALTER COLUMN kind        SET NOT NULL,
            ALTER COLUMN title       SET NOT NULL,
            ALTER COLUMN meta        SET NOT NULL;
    END IF;

    -- The earlier phase knew four words; here are all eight.
    IF NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = 'oasis_events'::regclass AND conname = 'oasis_events_status_check'
            AND pg_get_constraintdef(oid) LIKE '%in_progress%'
    ) THEN
        ALTER TABLE oasis_events DROP CONSTRAINT IF EXISTS oasis_events_status_check;
        ALTER TABLE oasis_events ADD CONSTRAINT oasis_events_status_check CHECK (status IN (
            'queued', 'in_progress', 'success', 'failure', 'cancelled', 'info', 'warning', 'error'
        ));
    END IF;

    -- Whatever else goes wrong: no place is given twice, and no delivery is there twice.
    CREATE UNIQUE INDEX IF NOT EXISTS oasis_events_position ON oasis_events (position);
    IF to_regclass('oasis_events_delivery') IS NULL THEN
        CREATE UNIQUE INDEX oasis_events_delivery
            ON oasis_events (source, delivery_id) WHERE delivery_id IS NOT NULL;
    END IF;

    -- A task's timeline, and what failed: each index ends with the position, so a page is read in
    -- its order. The other filters thin out a walk along the positions; an index for each of them
    -- would cost every append more than it saves the few queries that use it.
    CREATE INDEX IF NOT EXISTS oasis_events_vtid ON oasis_events (vtid, position);
    CREATE INDEX IF NOT EXISTS oasis_events_status ON oasis_events (status, position);
    -- A stretch of time: a few bytes for each range of pages, because events come about in the
    -- order in which they happen.
    CREATE INDEX IF NOT EXISTS oasis_events_occurred ON oasis_events
        USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);

    -- Nobody but the owner, unless a policy lets them. The notes of what ran are there when the
    -- store runs this and not when `psql` does.
    FOREACH ledger IN ARRAY ARRAY['oasis_events', 'oasis_head', '_oasis_migrations'] LOOP
        CONTINUE WHEN to_regclass(ledger) IS NULL;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', ledger);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', ledger);
        -- Supabase's roles. It grants new tables to them; what they may do is said here.
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
            EXECUTE format('REVOKE ALL ON %I FROM anon', ledger);
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
            EXECUTE format('REVOKE ALL ON %I FROM authenticated', ledger);
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
            EXECUTE format('GRANT ALL ON %I TO service_role', ledger);
            EXECUTE format('DROP POLICY IF EXISTS oasis_all ON %I', ledger);
            EXECUTE format(
                'CREATE POLICY oasis_all ON %I TO service_role USING (true) WITH CHECK (true)',
                ledger
            );
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        GRANT SELECT ON oasis_events TO authenticated;
        DROP POLICY IF EXISTS oasis_read ON oasis_events;
        CREATE POLICY oasis_read ON oasis_events FOR SELECT TO authenticated USING (true);
    END IF;
END
$migration$;
