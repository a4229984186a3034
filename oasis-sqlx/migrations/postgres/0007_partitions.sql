-- The second layout: `oasis_events` in ranges of positions, so that old events are dropped and not
-- deleted one by one. `SELECT oasis_partition(1000000)` turns a ledger into it; until then nothing
-- here does anything.
--
-- A unique index of a partitioned table holds in each partition for itself, unless it has the
-- partitions' key in it. So the two promises that are not about positions (an id once, a delivery
-- once) stand on a table beside it that has no partitions, `oasis_keys`, under the names that their
-- indexes had before. Triggers keep it, whoever writes.

-- Turns the ledger into the second layout, or changes how large later partitions become.
--
-- The table becomes the first partition as it is, so no event is copied; what is copied is each
-- event's key. Nobody reads or writes meanwhile. It is whole or not at all.
CREATE OR REPLACE FUNCTION oasis_partition(rows_each bigint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '5s'
SET client_min_messages = warning
AS $partition$
DECLARE
    last bigint;
    others text;
    item record;
BEGIN
    IF rows_each IS NULL OR rows_each < 1 THEN
        RAISE EXCEPTION 'a partition has one position at least'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF (
        SELECT t.relowner <> r.oid FROM pg_class AS t, pg_roles AS r
        WHERE t.oid = 'oasis_events'::regclass AND r.rolname = current_user
    ) THEN
        RAISE EXCEPTION 'only the owner of oasis_events can partition it; SET ROLE to it'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- As who appends: the head first, then the events.
    SELECT h.position INTO STRICT last FROM oasis_head AS h WHERE h.one FOR UPDATE;
    IF EXISTS (SELECT FROM oasis_head AS h WHERE h.partition_rows IS NOT NULL) THEN
        UPDATE oasis_head SET partition_rows = rows_each;
        RETURN;
    END IF;
    LOCK TABLE oasis_events IN ACCESS EXCLUSIVE MODE;

    IF EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = 'oasis_events'::regclass AND attname = 'topic' AND NOT attisdropped
    ) THEN
        RAISE EXCEPTION 'oasis_events still has the columns of the earlier phase, and a row that is '
            'written through them has no position before it is there; when nobody writes them, '
            'drop topic, service, role, model, message and metadata: meta has what they say'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    DROP TRIGGER IF EXISTS oasis_adopt ON oasis_events;
    -- What others hung on the table would stay with the first partition, and quietly miss the rest.
    SELECT string_agg(pg_describe_object(d.classid, d.objid, d.objsubid), ', ') INTO others
    FROM pg_depend AS d
    LEFT JOIN pg_constraint AS c ON d.classid = 'pg_constraint'::regclass AND c.oid = d.objid
    LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_class AS i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = 'oasis_events'::regclass
        AND d.objsubid = 0 AND (
            d.classid IN ('pg_rewrite'::regclass, 'pg_publication_rel'::regclass)
            OR c.contype = 'f'
            OR NOT t.tgisinternal
            OR i.relkind = 'i' AND i.relname NOT IN (
                'oasis_events_pkey', 'oasis_events_delivery', 'oasis_events_position',
                'oasis_events_vtid', 'oasis_events_status', 'oasis_events_occurred'
            )
        );
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'these stand on oasis_events and would see its first partition alone: %',
            others
            USING HINT = 'Drop them, partition it, and make them again; what refers to an id can '
                'refer to oasis_keys.',
            ERRCODE = 'dependent_objects_still_exist';
    END IF;

    CREATE TABLE oasis_keys (
        id          uuid   NOT NULL,
        source      text   NOT NULL COLLATE "C",
        delivery_id text   COLLATE "C",
        position    bigint NOT NULL
    );
    INSERT INTO oasis_keys (id, source, delivery_id, position)
        SELECT e.id, e.source, e.delivery_id, e.position FROM oasis_events AS e ORDER BY e.position;
    ALTER TABLE oasis_events DROP CONSTRAINT oasis_events_pkey;
    DROP INDEX oasis_events_delivery;
    ALTER TABLE oasis_keys ADD CONSTRAINT oasis_events_pkey PRIMARY KEY (id);
    CREATE UNIQUE INDEX oasis_events_delivery
        ON oasis_keys (source, delivery_id) WHERE delivery_id IS NOT NULL;

    ALTER TABLE oasis_events RENAME TO oasis_events_p1;
    ALTER INDEX oasis_events_position RENAME TO oasis_events_p1_position;
    ALTER INDEX oasis_events_vtid RENAME TO oasis_events_p1_vtid;
    ALTER INDEX oasis_events_status RENAME TO oasis_events_p1_status;
    ALTER INDEX oasis_events_occurred RENAME TO oasis_events_p1_occurred;
    CREATE TABLE oasis_events (
        LIKE oasis_events_p1 INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE
    ) PARTITION BY RANGE (position);
    CREATE UNIQUE INDEX oasis_events_position ON oasis_events (position);
    CREATE INDEX oasis_events_vtid ON oasis_events (vtid, position);
    CREATE INDEX oasis_events_status ON oasis_events (status, position);
    CREATE INDEX oasis_events_occurred ON oasis_events
        USING brin (occurred_at) WITH (pages_per_range = 32, autosummarize = on);

    -- Who may do what is as it was. Of a partition by itself only the owner may do anything.
    PERFORM oasis_revoke('oasis_events'), oasis_revoke('oasis_keys');
    ALTER TABLE oasis_events ENABLE ROW LEVEL SECURITY;
    FOR item IN
        SELECT format(
            'GRANT %s ON oasis_events TO %s%s', a.privilege_type,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        ) AS command
        FROM pg_class AS t, aclexplode(t.relacl) AS a
        WHERE t.oid = 'oasis_events_p1'::regclass AND a.grantee <> t.relowner
        UNION ALL
        SELECT DISTINCT format(
            'GRANT SELECT ON oasis_keys TO %s',
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        )
        FROM pg_class AS t, aclexplode(t.relacl) AS a
        WHERE t.oid = 'oasis_events_p1'::regclass AND a.grantee <> t.relowner
            AND a.privilege_type = 'SELECT'
        UNION ALL
        SELECT format(
            'CREATE POLICY %I ON oasis_events AS %s FOR %s TO %s%s%s', p.policyname, p.permissive,
            p.cmd, (
                SELECT string_agg(CASE r.name WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(r.name)
                    END, ', ')
                FROM unnest(p.roles) AS r (name)
            ), ' USING (' || p.qual || ')', ' WITH CHECK (' || p.with_check || ')'
        )
        FROM pg_policies AS p
        JOIN pg_namespace AS n ON n.nspname = p.schemaname
        JOIN pg_class AS t ON t.relname = p.tablename AND t.relnamespace = n.oid
        WHERE t.oid = 'oasis_events_p1'::regclass
        UNION ALL
        SELECT format('DROP POLICY %I ON oasis_events_p1', p.polname) FROM pg_policy AS p
        WHERE p.polrelid = 'oasis_events_p1'::regclass
    LOOP
        EXECUTE item.command;
    END LOOP;
    PERFORM oasis_revoke('oasis_events_p1');
    -- Who may read an event may read its key.
    ALTER TABLE oasis_keys ENABLE ROW LEVEL SECURITY;
    CREATE POLICY oasis_read ON oasis_keys FOR SELECT USING (
        EXISTS (SELECT FROM oasis_events AS e WHERE e.position = oasis_keys.position)
    );

    EXECUTE format(
        'ALTER TABLE oasis_events ATTACH PARTITION oasis_events_p1 FOR VALUES FROM (1) TO (%s)',
        last + rows_each + 1
    );
    UPDATE oasis_head SET partition_rows = rows_each, partitioned_to = last + rows_each + 1;

    CREATE TRIGGER oasis_keys_insert AFTER INSERT ON oasis_events
        REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION oasis_keep_keys();
    CREATE TRIGGER oasis_keys_update AFTER UPDATE ON oasis_events
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION oasis_keep_keys();
    CREATE TRIGGER oasis_keys_delete AFTER DELETE ON oasis_events
        REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION oasis_keep_keys();
    CREATE TRIGGER oasis_keys_truncate AFTER TRUNCATE ON oasis_events
        FOR EACH STATEMENT EXECUTE FUNCTION oasis_keep_keys();
END
$partition$;

-- Takes from everybody but the owner whatever they may do with a new table: where `ALTER DEFAULT
-- PRIVILEGES` gives rights to each, as on Supabase, it has some from the start.
CREATE OR REPLACE FUNCTION oasis_revoke(new_table regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $revoke$
DECLARE
    who text;
BEGIN
    FOR who IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        FROM pg_class AS t, aclexplode(t.relacl) AS a
        WHERE t.oid = new_table AND a.grantee <> t.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', new_table, who);
    END LOOP;
END
$revoke$;

-- Drops the oldest partition if all of it was recorded before this moment, and its keys with it;
-- how many events that were. NULL where there is nothing to drop, and for who is not the owner,
-- whose rows are deleted instead.
CREATE OR REPLACE FUNCTION oasis_drop_oldest(before timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '60s'
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $drop$
DECLARE
    oldest regclass;
    is_young boolean;
    gone bigint;
    tries int := 0;
BEGIN
    -- One after the other; the number means nothing.
    PERFORM pg_advisory_xact_lock(7020151932474511222);
    SELECT p.part INTO oldest FROM (
        SELECT c.oid AS part,
            substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''?(\d+)')::bigint AS ends
        FROM pg_class AS t
        JOIN pg_inherits AS i ON i.inhparent = t.oid
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE t.oid = 'oasis_events'::regclass AND pg_has_role(t.relowner, 'USAGE')
        ORDER BY ends LIMIT 1
    ) AS p
    -- The newest event stays, whatever its age.
    WHERE p.ends <= (SELECT max(e.position) FROM oasis_events AS e);
    IF oldest IS NULL THEN
        RETURN NULL;
    END IF;
    -- Its last row first: it tells in most cases, and the others take a walk through all.
    EXECUTE format(
        'SELECT coalesce((SELECT created_at >= $1 FROM %1$s ORDER BY position DESC LIMIT 1), false)
            OR EXISTS (SELECT FROM %1$s WHERE created_at >= $1)', oldest
    ) INTO is_young USING before;
    IF is_young THEN
        RETURN NULL;
    END IF;
    EXECUTE format('DELETE FROM oasis_keys AS k USING %s AS e WHERE k.id = e.id', oldest);
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- Everybody waits behind whoever waits for this lock: so it waits shortly, and often.
    PERFORM set_config('lock_timeout', '100ms', true);
    LOOP
        BEGIN
            EXECUTE format('DROP TABLE %s', oldest);
            RETURN gone;
        EXCEPTION WHEN lock_not_available THEN
            tries := tries + 1;
            IF tries = 100 THEN
                RAISE;
            END IF;
            PERFORM pg_sleep(0.2);
        END;
    END LOOP;
END
$drop$;

-- The two that do what those who call them may not: they see no schema but the system's, and only
-- who may append to the ledger may call the second.
DO $migration$
DECLARE
    ledger text := (
        SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'oasis_events'::regclass
    );
    who text;
BEGIN
    EXECUTE format($definer$
        CREATE OR REPLACE FUNCTION %1$s.oasis_keep_keys() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        SET enable_seqscan = off
        SET enable_hashjoin = off
        SET enable_mergejoin = off
        AS $keep$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                TRUNCATE %1$s.oasis_keys;
            END IF;
            IF TG_OP IN ('UPDATE', 'DELETE') THEN
                DELETE FROM %1$s.oasis_keys AS k USING old_rows AS o WHERE k.id = o.id;
            END IF;
            IF TG_OP IN ('UPDATE', 'INSERT') THEN
                INSERT INTO %1$s.oasis_keys (id, source, delivery_id, position)
                    SELECT n.id, n.source, n.delivery_id, n.position FROM new_rows AS n;
            END IF;
            RETURN NULL;
        END
        $keep$
    $definer$, ledger);

    -- Makes partitions up to this position and half a one beyond; one is as large as it should be or
    -- as a batch needs. Each is made apart and attached, for which no reader of events waits. If somebody is in the way and there is room yet: later.
    --
    -- Who appends next must know of the partition. It sees the head as soon as this transaction has
    -- committed, which is a moment before it is told of what was attached; the lock on the keys,
    -- where it looks first, holds it up until then.
    EXECUTE format($definer$
        CREATE OR REPLACE FUNCTION %1$s.oasis_make_room(last bigint) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp
        AS $room$
        DECLARE
            each bigint;
            start bigint;
            ends bigint;
        BEGIN
            SELECT h.partition_rows, h.partitioned_to INTO STRICT each, start
            FROM %1$s.oasis_head AS h WHERE h.one FOR UPDATE;
            WHILE start <= last + each / 2 LOOP
                ends := greatest(start + each, last + 1);
                BEGIN
                    IF last < start THEN
                        LOCK TABLE ONLY %1$s.oasis_keys IN ACCESS EXCLUSIVE MODE NOWAIT;
                        LOCK TABLE ONLY %1$s.oasis_events IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
                    ELSE
                        LOCK TABLE ONLY %1$s.oasis_keys IN ACCESS EXCLUSIVE MODE;
                    END IF;
                    EXECUTE format(
                        'CREATE TABLE %1$s.oasis_events_p%%s (LIKE %1$s.oasis_events
                            INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', start
                    );
                    EXECUTE format(
                        'ALTER TABLE %1$s.oasis_events_p%%s ENABLE ROW LEVEL SECURITY', start
                    );
                    PERFORM %1$s.oasis_revoke(
                        format('%1$s.oasis_events_p%%s', start)::regclass
                    );
                    EXECUTE format(
                        'ALTER TABLE %1$s.oasis_events ATTACH PARTITION %1$s.oasis_events_p%%s
                            FOR VALUES FROM (%%s) TO (%%s)', start, start, ends
                    );
                EXCEPTION WHEN lock_not_available OR object_in_use THEN
                    IF last < start THEN
                        EXIT;
                    END IF;
                    RAISE;
                END;
                start := ends;
                UPDATE %1$s.oasis_head SET partitioned_to = start WHERE one;
            END LOOP;
        END
        $room$
    $definer$, ledger);

    FOR who IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        FROM pg_proc AS p
        CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE p.pronamespace = ledger::regnamespace AND a.grantee <> p.proowner AND p.proname IN (
            'oasis_keep_keys', 'oasis_make_room', 'oasis_partition', 'oasis_revoke'
        )
    LOOP
        EXECUTE format(
            'REVOKE ALL ON FUNCTION oasis_keep_keys(), oasis_make_room(bigint),
                oasis_partition(bigint), oasis_revoke(regclass) FROM %s', who
        );
    END LOOP;
    FOR who IN
        SELECT a.grantee::regrole::text FROM pg_class AS t, aclexplode(t.relacl) AS a
        WHERE t.oid = 'oasis_events'::regclass AND a.grantee NOT IN (0, t.relowner)
            AND a.privilege_type = 'INSERT'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION oasis_make_room(bigint) TO %s', who);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
        GRANT EXECUTE ON FUNCTION oasis_position(uuid), oasis_drop_oldest(timestamptz)
            TO service_role;
    END IF;
END
$migration$;
