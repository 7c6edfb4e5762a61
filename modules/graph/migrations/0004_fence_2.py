from django.db import migrations

from sharding.fence import UpgradeFence


class Migration(migrations.Migration):
    """Fences that ask `shard_of`."""

    dependencies = [("sharding", "0003_shard_of"), ("graph", "0003_closed_accounts")]

    operations = [
        UpgradeFence("FollowCount", owner="user_id", version=2),
        UpgradeFence("FollowIn", owner="user_id", version=2),
        UpgradeFence("FollowOut", owner="user_id", version=2),
    ]
