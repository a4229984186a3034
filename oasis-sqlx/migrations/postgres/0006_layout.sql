-- Room for a second layout, in which `oasis_events` is partitioned; `0007_partitions.sql` says how
-- one gets there. What goes into the ledger and what looks for an id knows both from here on.
DO $migration$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM set_config('client_min_messages', 'warning', true);

    ALTER TABLE oasis_head
        -- How many positions each further partition has; NULL where there are none.
        ADD COLUMN IF NOT EXISTS partition_rows bigint CHECK (partition_rows > 0),
        -- The first position for which there is no partition yet.
        ADD COLUMN IF NOT EXISTS partitioned_to bigint;
END
$migration$;

-- The one way in: many events in one call, so that the lock is never held across a round trip of
-- a client, which may freeze.
--
-- Each event is the same place in every array. The answer has a row for each, in their order;
-- `duplicate` says that the ledger had the delivery, or that it stands in the call before.
CREATE OR REPLACE FUNCTION oasis_append(
    ids uuid[], occurred timestamptz[], vtids text[], layers text[], modules text[],
    sources text[], kinds text[], statuses text[], titles text[], refs text[], links text[],
    metas text[], deliveries text[]
)
RETURNS TABLE (ordinal bigint, "position" bigint, created_at timestamptz, duplicate boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '2s'
-- A delivery is looked for with one step into the index each, however large the table is and
-- whatever its statistics say.
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $append$
#variable_conflict use_column
DECLARE
    head bigint;
    each bigint;
    room bigint;
    last bigint;
    moment timestamptz;
    -- The positions of the deliveries that the ledger has, each at its event's place.
    known bigint[];
BEGIN
    -- With a snapshot from before the lock, what others have just committed would not be seen.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'oasis_append works in READ COMMITTED, this transaction is %',
            upper(current_setting('transaction_isolation'))
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;

    -- A statement of its own: the next one sees what was committed while this one waited.
    SELECT h.position, h.partition_rows, h.partitioned_to INTO STRICT head, each, room
    FROM oasis_head AS h WHERE h.one FOR UPDATE;
    moment := date_trunc('milliseconds', clock_timestamp());

    IF each IS NULL THEN
        known := ARRAY(
            SELECT (
                SELECT e.position FROM oasis_events AS e
                WHERE e.source = b.source AND e.delivery_id = b.delivery_id
            )
            FROM unnest(sources, deliveries) WITH ORDINALITY AS b (source, delivery_id, ordinal)
            ORDER BY b.ordinal
        );
    ELSE
        known := ARRAY(
            SELECT (
                SELECT k.position FROM oasis_keys AS k
                WHERE k.source = b.source AND k.delivery_id = b.delivery_id
            )
            FROM unnest(sources, deliveries) WITH ORDINALITY AS b (source, delivery_id, ordinal)
            ORDER BY b.ordinal
        );
        last := head + cardinality(array_positions(known, NULL));
        IF room <= last + each / 2 THEN
            PERFORM oasis_make_room(last);
        END IF;
    END IF;

    RETURN QUERY
    WITH brought AS MATERIALIZED (
        SELECT b.*, CASE
            WHEN b.delivery_id IS NULL THEN b.ordinal
            ELSE min(b.ordinal) OVER (PARTITION BY b.source, b.delivery_id)
        END AS first
        FROM unnest(
            ids, occurred, vtids, layers, modules, sources, kinds, statuses, titles, refs, links,
            metas, deliveries, known
        ) WITH ORDINALITY AS b (
            id, occurred_at, vtid, layer, module, source, kind, status, title, ref, link, meta,
            delivery_id, known, ordinal
        )
    ), placed AS MATERIALIZED (
        SELECT b.*, CASE
            WHEN b.known IS NULL AND b.ordinal = b.first THEN head + count(*)
                FILTER (WHERE b.known IS NULL AND b.ordinal = b.first)
                OVER (ORDER BY b.ordinal)
        END AS new
        FROM brought AS b
    ), added AS (
        INSERT INTO oasis_events (
            position, id, created_at, occurred_at, vtid, layer, module, source, kind, status,
            title, ref, link, meta, delivery_id
        )
        SELECT p.new, p.id, moment, p.occurred_at, p.vtid, p.layer, p.module, p.source, p.kind,
            p.status, p.title, p.ref, p.link, p.meta::jsonb, p.delivery_id
        FROM placed AS p WHERE p.new IS NOT NULL ORDER BY p.new
        RETURNING oasis_events.position
    ), moved AS (
        UPDATE oasis_head AS h SET position = last.position
        FROM (SELECT max(a.position) AS position FROM added AS a) AS last
        WHERE h.one AND last.position IS NOT NULL
    )
    SELECT p.ordinal, coalesce(p.known, min(p.new) OVER (PARTITION BY p.first)), moment,
        p.new IS NULL
    FROM placed AS p ORDER BY p.ordinal;
END
$append$;

-- Where the event with this id is, in either layout; NULL where there is none.
CREATE OR REPLACE FUNCTION oasis_position(event_id uuid) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $position$
BEGIN
    IF to_regclass('oasis_keys') IS NULL THEN
        RETURN (SELECT e.position FROM oasis_events AS e WHERE e.id = event_id);
    END IF;
    RETURN (SELECT k.position FROM oasis_keys AS k WHERE k.id = event_id);
END
$position$;

-- The same as `oasis_append`, event by event: for a call in which an id comes that the ledger has.
-- Such an event is answered with its row. One call of `oasis_append` for all can't say that without
-- a look for each id, which every append would pay for; so a store calls this one when the other
-- was refused.
CREATE OR REPLACE FUNCTION oasis_append_each(
    ids uuid[], occurred timestamptz[], vtids text[], layers text[], modules text[],
    sources text[], kinds text[], statuses text[], titles text[], refs text[], links text[],
    metas text[], deliveries text[]
)
RETURNS TABLE (ordinal bigint, "position" bigint, created_at timestamptz, duplicate boolean)
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '2s'
AS $append$
#variable_conflict use_column
DECLARE
    broken text;
BEGIN
    -- Before the first event, so that nobody appends between two of them.
    PERFORM FROM oasis_head AS h WHERE h.one FOR UPDATE;
    FOR n IN 1..cardinality(ids) LOOP
        BEGIN
            RETURN QUERY SELECT n::bigint, a.position, a.created_at, a.duplicate
            FROM oasis_append(
                ids[n:n], occurred[n:n], vtids[n:n], layers[n:n], modules[n:n], sources[n:n],
                kinds[n:n], statuses[n:n], titles[n:n], refs[n:n], links[n:n], metas[n:n],
                deliveries[n:n]
            ) AS a;
        EXCEPTION WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
            IF broken <> 'oasis_events_pkey' THEN
                RAISE;
            END IF;
            RETURN QUERY SELECT n::bigint, e.position, e.created_at, true
            FROM oasis_events AS e WHERE e.position = oasis_position(ids[n]);
        END;
    END LOOP;
END
$append$;
