"""The SQL functions of every database: minting ids, and the row that makes a write happen once."""

from sharding.ids import EPOCH_MS

#: At most so many ids of one call in one millisecond; sixteen such calls at once fill the ten bits.
PACE = 64

MINTING_SQL = f"""
CREATE SEQUENCE id_sequence AS bigint;

CREATE FUNCTION next_id(shard int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $mint$
BEGIN
    IF shard < 0 OR shard > 4095 THEN
        RAISE EXCEPTION 'there is no shard %', shard USING ERRCODE = '22003';
    END IF;
    RETURN ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - {EPOCH_MS}) << 22)
        | (shard::bigint << 10) | (nextval('public.id_sequence') & 1023);
END $mint$;

CREATE FUNCTION next_ids(shard int, n int) RETURNS SETOF bigint LANGUAGE plpgsql VOLATILE AS $mint$
DECLARE
    left_over int := n;
    minted bigint[];
    last_ms bigint := -1;
BEGIN
    WHILE left_over > 0 LOOP
        minted := ARRAY(
            SELECT public.next_id(shard) FROM generate_series(1, least(left_over, {PACE})) ORDER BY 1);
        -- A clock that stood still or went back would mint this call's ids twice or out of order.
        WHILE minted[1] >> 22 <= last_ms LOOP
            PERFORM pg_sleep(0.0005);
            minted := ARRAY(
                SELECT public.next_id(shard) FROM generate_series(1, least(left_over, {PACE})) ORDER BY 1);
        END LOOP;
        last_ms := minted[cardinality(minted)] >> 22;
        RETURN QUERY SELECT unnest(minted);
        left_over := left_over - {PACE};
    END LOOP;
END $mint$;
"""  # noqa: S608 - constants of this package

DROP_MINTING_SQL = """
DROP FUNCTION next_ids(int, int);
DROP FUNCTION next_id(int);
DROP SEQUENCE id_sequence;
"""

# The wait is set and put back inside, so that it costs no round trip and holds for nothing else.
ONCE_SQL = """
CREATE FUNCTION once_enter(
    in_owner bigint, in_scope text, in_key text, in_fingerprint bytea, wait_ms int,
    OUT is_fresh boolean, OUT kept_fingerprint bytea, OUT kept_status int, OUT kept_body bytea
) LANGUAGE plpgsql VOLATILE AS $once$
DECLARE
    waited text := current_setting('lock_timeout');
BEGIN
    PERFORM set_config('lock_timeout', wait_ms::text, true);
    LOOP
        INSERT INTO public.once (owner_id, scope, key, fingerprint)
        VALUES (in_owner, in_scope, in_key, in_fingerprint) ON CONFLICT DO NOTHING;
        is_fresh := FOUND;
        EXIT WHEN is_fresh;
        SELECT o.fingerprint, o.status, o.body INTO kept_fingerprint, kept_status, kept_body
        FROM public.once o WHERE o.owner_id = in_owner AND o.scope = in_scope AND o.key = in_key;
        -- Not found: cleaned away between the two statements; try again.
        EXIT WHEN FOUND;
    END LOOP;
    PERFORM set_config('lock_timeout', waited, true);
END $once$;
"""

DROP_ONCE_SQL = "DROP FUNCTION once_enter(bigint, text, text, bytea, int);"

FENCED_ONCE_SQL = """
CREATE FUNCTION fence_enter_once(
    in_shard int, in_owner bigint, in_scope text, in_key text, in_fingerprint bytea, wait_ms int,
    OUT epoch bigint, OUT is_fresh boolean,
    OUT kept_fingerprint bytea, OUT kept_status int, OUT kept_body bytea
) LANGUAGE plpgsql VOLATILE AS $once$
BEGIN
    epoch := public.fence_enter(in_shard);
    SELECT o.is_fresh, o.kept_fingerprint, o.kept_status, o.kept_body
    INTO is_fresh, kept_fingerprint, kept_status, kept_body
    FROM public.once_enter(in_owner, in_scope, in_key, in_fingerprint, wait_ms) o;
END $once$;
"""

DROP_FENCED_ONCE_SQL = "DROP FUNCTION fence_enter_once(int, bigint, text, text, bytea, int);"
