from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which those are found who have somebody in a list that is erased."""

    atomic = False

    dependencies = [("timelines", "0003_rankings")]

    operations = [
        AddIndexConcurrently(
            model_name="listmember",
            index=models.Index(fields=["member_id"], name="timelines_list_member"),
        ),
    ]
