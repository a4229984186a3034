-- How far a source was read that doesn't come by itself but is asked: one row for each.
DO $migration$
BEGIN
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM set_config('client_min_messages', 'warning', true);

    CREATE TABLE IF NOT EXISTS oasis_checkpoints (
        source     text        PRIMARY KEY,
        reached_at timestamptz NOT NULL
    );

    ALTER TABLE oasis_checkpoints ENABLE ROW LEVEL SECURITY;
    REVOKE ALL ON oasis_checkpoints FROM PUBLIC;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
        REVOKE ALL ON oasis_checkpoints FROM anon;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        REVOKE ALL ON oasis_checkpoints FROM authenticated;
        GRANT SELECT ON oasis_checkpoints TO authenticated;
        DROP POLICY IF EXISTS oasis_read ON oasis_checkpoints;
        CREATE POLICY oasis_read ON oasis_checkpoints FOR SELECT TO authenticated USING (true);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT ALL ON oasis_checkpoints TO service_role;
        DROP POLICY IF EXISTS oasis_all ON oasis_checkpoints;
        CREATE POLICY oasis_all ON oasis_checkpoints TO service_role USING (true) WITH CHECK (true);
    END IF;
END
$migration$;
