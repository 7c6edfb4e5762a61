from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Open requests of a user, newest first."""

    atomic = False

    dependencies = [("graph", "0006_private_accounts")]

    operations = [
        AddIndexConcurrently(
            model_name="followin",
            index=models.Index(
                condition=models.Q(("is_requested", True)),
                fields=["user_id", "-edge_id"],
                include=("follower_id", "is_hidden"),
                name="follow_in_requests",
            ),
        ),
    ]
