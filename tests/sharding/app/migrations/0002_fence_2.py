from django.db import migrations

from sharding.fence import UpgradeFence


class Migration(migrations.Migration):
    """Fences that ask `shard_of`."""

    dependencies = [("sharding", "0003_shard_of"), ("shardtests", "0001_initial")]

    operations = [
        UpgradeFence("Edge", owner="user_id", version=2),
        UpgradeFence("Tally", owner="user_id", version=2),
        UpgradeFence("Note", owner="author_id", version=2),
        UpgradeFence("Remark", owner="author_id", version=2),
    ]
