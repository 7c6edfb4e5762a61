from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which the media of somebody are found that is erased."""

    atomic = False

    dependencies = [("media", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            model_name="media",
            index=models.Index(fields=["owner_id"], name="media_media_owner"),
        ),
    ]
