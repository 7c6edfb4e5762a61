from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose reposts a user hides."""

    atomic = False

    dependencies = [("graph", "0007_follow_in_requests")]

    operations = [
        AddIndexConcurrently(
            model_name="followout",
            index=models.Index(
                condition=models.Q(("shows_reposts", False)),
                fields=["user_id", "target_id"],
                name="follow_out_reposts_hidden",
            ),
        ),
    ]
