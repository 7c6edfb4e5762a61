from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which those are found who mute somebody that is erased."""

    atomic = False

    dependencies = [("graph", "0008_hidden_reposts")]

    operations = [
        AddIndexConcurrently(
            model_name="mute",
            index=models.Index(fields=["target_id"], name="mute_target"),
        ),
    ]
