-- `oasis_append` as in `0006_layout.sql`, with a shorter road for a call that brings one event, as
-- most do: two thirds of its time went into what sorts out many.
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

    -- One event, as most calls bring: without the machinery that sorts out many.
    IF cardinality(ids) = 1 THEN
        IF known[1] IS NULL THEN
            head := head + 1;
            INSERT INTO oasis_events (
                position, id, created_at, occurred_at, vtid, layer, module, source, kind, status,
                title, ref, link, meta, delivery_id
            ) VALUES (
                head, ids[1], moment, occurred[1], vtids[1], layers[1], modules[1], sources[1],
                kinds[1], statuses[1], titles[1], refs[1], links[1], metas[1]::jsonb, deliveries[1]
            );
            UPDATE oasis_head AS h SET position = head WHERE h.one;
        END IF;
        RETURN QUERY SELECT 1::bigint, coalesce(known[1], head), moment, known[1] IS NOT NULL;
        RETURN;
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
