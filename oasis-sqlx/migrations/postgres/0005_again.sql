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
            FROM oasis_events AS e WHERE e.id = ids[n];
        END;
    END LOOP;
END
$append$;

DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT EXECUTE ON FUNCTION oasis_append_each(
            uuid[], timestamptz[], text[], text[], text[], text[], text[], text[], text[], text[],
            text[], text[], text[]
        ) TO service_role;
    END IF;
END
$grants$;
