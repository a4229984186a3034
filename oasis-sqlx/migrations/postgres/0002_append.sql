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
    moment timestamptz;
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
    SELECT h.position INTO STRICT head FROM oasis_head AS h WHERE h.one FOR UPDATE;
    moment := date_trunc('milliseconds', clock_timestamp());

    RETURN QUERY
    WITH brought AS MATERIALIZED (
        SELECT b.*, CASE
            WHEN b.delivery_id IS NULL THEN b.ordinal
            ELSE min(b.ordinal) OVER (PARTITION BY b.source, b.delivery_id)
        END AS first
        FROM unnest(
            ids, occurred, vtids, layers, modules, sources, kinds, statuses, titles, refs, links,
            metas, deliveries
        ) WITH ORDINALITY AS b (
            id, occurred_at, vtid, layer, module, source, kind, status, title, ref, link, meta,
            delivery_id, ordinal
        )
    ), placed AS MATERIALIZED (
        SELECT b.*, known.position AS known, CASE
            WHEN known.position IS NULL AND b.ordinal = b.first THEN head + count(*)
                FILTER (WHERE known.position IS NULL AND b.ordinal = b.first)
                OVER (ORDER BY b.ordinal)
        END AS new
        FROM brought AS b
        LEFT JOIN LATERAL (
            SELECT e.position FROM oasis_events AS e
            WHERE e.source = b.source AND e.delivery_id = b.delivery_id
            LIMIT 1
        ) AS known ON true
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

DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT EXECUTE ON FUNCTION oasis_append(
            uuid[], timestamptz[], text[], text[], text[], text[], text[], text[], text[], text[],
            text[], text[], text[]
        ) TO service_role;
    END IF;
END
$grants$;
