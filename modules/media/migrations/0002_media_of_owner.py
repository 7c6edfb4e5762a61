from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """All media of one owner, for their archive."""

    atomic = False

    dependencies = [("media", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="media",
            index=models.Index(fields=["owner_id", "id"], name="media_media_of_owner"),
        ),
    ]
