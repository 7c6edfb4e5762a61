-- Version 2 of a sharded table's fence. Frozen: a change is a new version and an UpgradeFence (sharding/fence.py).

-- part: owner check
ALTER TABLE "{table}" ADD CONSTRAINT "{table}_fence_owner" CHECK ("{owner}" > 0);

-- part: id check
-- By operators, not by shard_of(): a check is planned anew for every statement, which would cost it 10 µs.
ALTER TABLE "{table}" ADD CONSTRAINT "{table}_fence_id" CHECK ("{pk}" > 0 AND ("{pk}" >> 10) & 4095 = ("{owner}" >> 10) & 4095);

-- part: function
-- Sorted, so that two statements lock in one order; DISTINCT, so that many rows ask once a shard.
CREATE OR REPLACE FUNCTION "fence_{table}"() RETURNS trigger LANGUAGE plpgsql AS $fence$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM public.fence_enter(shard) FROM (SELECT DISTINCT shard FROM (SELECT public.shard_of("{owner}") AS shard FROM fence_new) r ORDER BY 1) s;
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM public.fence_enter(shard) FROM (SELECT DISTINCT shard FROM (SELECT public.shard_of("{owner}") AS shard FROM fence_old UNION SELECT public.shard_of("{owner}") AS shard FROM fence_new) r ORDER BY 1) s;
    ELSE
        PERFORM public.fence_enter(shard) FROM (SELECT DISTINCT shard FROM (SELECT public.shard_of("{owner}") AS shard FROM fence_old) r ORDER BY 1) s;
    END IF;
    RETURN NULL;
END $fence$;

-- part: insert
CREATE TRIGGER "fence_insert" AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS fence_new
    FOR EACH STATEMENT EXECUTE FUNCTION "fence_{table}"();

-- part: update
CREATE TRIGGER "fence_update" AFTER UPDATE ON "{table}" REFERENCING OLD TABLE AS fence_old NEW TABLE AS fence_new
    FOR EACH STATEMENT EXECUTE FUNCTION "fence_{table}"();

-- part: delete
CREATE TRIGGER "fence_delete" AFTER DELETE ON "{table}" REFERENCING OLD TABLE AS fence_old
    FOR EACH STATEMENT EXECUTE FUNCTION "fence_{table}"();

-- part: truncate
CREATE TRIGGER "fence_truncate" BEFORE TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION fence_refuse_truncate();
