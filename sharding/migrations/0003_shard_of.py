from django.db import migrations, models

from sharding.fence import UpgradeFence

# Plain SQL, so that the planner puts the operators in its place.
SHARD_OF_SQL = """
CREATE FUNCTION shard_of(id bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $shard$ SELECT ((id >> 10) & 4095)::int $shard$;
"""


class Migration(migrations.Migration):
    """One function for the shard in an id; and where a database writes down what its migrations left."""

    dependencies = [("sharding", "0002_outbox")]

    operations = [
        migrations.RunSQL(SHARD_OF_SQL, "DROP FUNCTION shard_of(bigint);", hints={"placement": "everywhere"}),
        migrations.AddField("SchemaState", "catalog", models.JSONField(null=True)),
        UpgradeFence("OnceRow", owner="owner_id", version=2),
        UpgradeFence("OutboxEvent", owner="owner_id", version=2),
    ]
