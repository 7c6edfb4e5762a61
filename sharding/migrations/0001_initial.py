import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from sharding.fence import AddFence

# At most 64 ids of one call in one millisecond; sixteen such calls at once fill the ten bits. The number
# that is taken off is the ids' epoch: ms from 1970 to 2025.
MINTING_SQL = """
CREATE SEQUENCE id_sequence AS bigint;

CREATE FUNCTION next_id(shard int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $mint$
BEGIN
    IF shard < 0 OR shard > 4095 THEN
        RAISE EXCEPTION 'there is no shard %', shard USING ERRCODE = '22003';
    END IF;
    RETURN ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1735689600000) << 22)
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
            SELECT public.next_id(shard) FROM generate_series(1, least(left_over, 64)) ORDER BY 1);
        -- A clock that stood still or went back would mint this call's ids twice or out of order.
        WHILE minted[1] >> 22 <= last_ms LOOP
            PERFORM pg_sleep(0.0005);
            minted := ARRAY(
                SELECT public.next_id(shard) FROM generate_series(1, least(left_over, 64)) ORDER BY 1);
        END LOOP;
        last_ms := minted[cardinality(minted)] >> 22;
        RETURN QUERY SELECT unnest(minted);
        left_over := left_over - 64;
    END LOOP;
END $mint$;
"""

DROP_MINTING_SQL = """
DROP FUNCTION next_ids(int, int);
DROP FUNCTION next_id(int);
DROP SEQUENCE id_sequence;
"""

# The isolation is checked because a snapshot older than the lock would read an ownership that is gone. The
# first key of the lock is fence.LOCK_CLASS.
FENCE_SQL = """
CREATE FUNCTION fence_enter(wanted int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $fence$
DECLARE
    found_epoch bigint;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'sharded tables are written at READ COMMITTED only';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(20250101, wanted);
    SELECT epoch INTO found_epoch FROM public.shard_ownership WHERE shard = wanted AND state = 'owned';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'shard % is not owned here', wanted USING ERRCODE = 'BN001';
    END IF;
    RETURN found_epoch;
END $fence$;

CREATE FUNCTION fence_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $fence$
BEGIN
    IF coalesce(current_setting('banyan.allow_truncate', true), '') <> 'on' THEN
        RAISE EXCEPTION 'TRUNCATE of % would take other owners'' rows with it', TG_TABLE_NAME
            USING ERRCODE = 'BN002';
    END IF;
    RETURN NULL;
END $fence$;
"""

DROP_FENCE_SQL = """
DROP FUNCTION fence_refuse_truncate();
DROP FUNCTION fence_enter(int);
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


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(MINTING_SQL, DROP_MINTING_SQL, hints={"placement": "everywhere"}),
        migrations.RunSQL(FENCE_SQL, DROP_FENCE_SQL, hints={"placement": "instances"}),
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("instance", models.TextField()),
                ("state", models.TextField(default="open")),
                ("epoch", models.BigIntegerField(default=1)),
            ],
            options={
                "db_table": "shard_map",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("shard__range", (0, 4095))), name="shard_map_shard"
                    ),
                    models.CheckConstraint(condition=models.Q(("epoch__gte", 1)), name="shard_map_epoch"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShardOwnership",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("epoch", models.BigIntegerField()),
            ],
            options={
                "db_table": "shard_ownership",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("shard__range", (0, 4095))), name="ownership_shard"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemaState",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("digest", models.TextField(default="")),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "schema_state",
            },
        ),
        migrations.CreateModel(
            name="OnceRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "owner_id",
                        "scope",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner_id", models.BigIntegerField()),
                ("scope", models.TextField()),
                ("key", models.TextField()),
                ("fingerprint", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "once",
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["created_at"], name="once_created_at")
                ],
            },
        ),
        migrations.RunSQL(ONCE_SQL, DROP_ONCE_SQL, hints={"placement": "everywhere"}),
        migrations.RunSQL(FENCED_ONCE_SQL, DROP_FENCED_ONCE_SQL, hints={"placement": "instances"}),
        AddFence("OnceRow", owner="owner_id", version=1),
    ]
