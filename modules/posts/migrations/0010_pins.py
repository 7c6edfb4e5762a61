from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which posts their authors have pinned."""

    atomic = False

    dependencies = [("posts", "0009_links_of_drafts")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="pin_id",
            field=models.BigIntegerField(null=True),
        ),
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                models.F("author_id"),
                models.OrderBy(models.F("pin_id"), descending=True),
                condition=models.Q(("deleted_at", None), ("pin_id__isnull", False)),
                name="posts_post_pinned",
            ),
        ),
    ]
