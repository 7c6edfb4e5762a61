from django.db import migrations

from sharding.fence import UpgradeFence


class Migration(migrations.Migration):
    """Fences that ask `shard_of`."""

    dependencies = [("sharding", "0003_shard_of"), ("posts", "0001_initial")]

    operations = [
        UpgradeFence("AuthorCount", owner="author_id", version=2),
        UpgradeFence("Post", owner="author_id", version=2),
    ]
