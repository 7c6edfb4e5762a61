-- Gives everything in schema public, and the database, to banyan_owner: once, as a superuser, on each database whose
-- tables an earlier release made as one. `REASSIGN OWNED` refuses that where the superuser is the cluster's first.
-- All or nothing; it waits for no table for longer than lock_timeout, and may be run again.
BEGIN;
SET LOCAL lock_timeout = '2s';
DO $$
DECLARE
    found record;
BEGIN
    -- A column's sequence follows its table.
    FOR found IN
        SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, oid::regclass AS name
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i') AND relkind = 'S')
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO banyan_owner', found.kind, found.name);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER ROUTINE %s OWNER TO banyan_owner', found.name);
    END LOOP;
    EXECUTE format('ALTER DATABASE %I OWNER TO banyan_owner', current_database());
END
$$;
COMMIT;
