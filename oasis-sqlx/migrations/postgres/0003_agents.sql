-- Who of the agents is there: one row for each, updated by its heartbeats. What they did stands in
-- the ledger; this is only how they are now.
DO $migration$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM set_config('client_min_messages', 'warning', true);

    CREATE TABLE IF NOT EXISTS oasis_agents (
        agent            text        PRIMARY KEY,
        role             text        NOT NULL,
        vtid             text        NOT NULL,
        status           text        NOT NULL,
        interval_seconds bigint      NOT NULL CHECK (interval_seconds > 0),
        seen_at          timestamptz NOT NULL,
        -- JSON; not jsonb, which refuses an escaped NUL and so would refuse a heartbeat.
        meta             text        NOT NULL
    );

    ALTER TABLE oasis_agents ENABLE ROW LEVEL SECURITY;
    REVOKE ALL ON oasis_agents FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
        REVOKE ALL ON oasis_agents FROM anon;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        REVOKE ALL ON oasis_agents FROM authenticated;
        GRANT SELECT ON oasis_agents TO authenticated;
        DROP POLICY IF EXISTS oasis_read ON oasis_agents;
        CREATE POLICY oasis_read ON oasis_agents FOR SELECT TO authenticated USING (true);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT ALL ON oasis_agents TO service_role;
        DROP POLICY IF EXISTS oasis_all ON oasis_agents;
        CREATE POLICY oasis_all ON oasis_agents TO service_role USING (true) WITH CHECK (true);
    END IF;
END
$migration$;
