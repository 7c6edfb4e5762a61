from django.db import migrations

from sharding.fence import UpgradeFence


class Migration(migrations.Migration):
    """Fences that ask `shard_of`."""

    dependencies = [("sharding", "0003_shard_of"), ("profiles", "0002_kept_json")]

    operations = [
        UpgradeFence("Profile", owner="user_id", version=2),
    ]
