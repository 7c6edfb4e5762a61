from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes by which deleted posts are found: those that are due to be purged, and one author's."""

    atomic = False

    dependencies = [("posts", "0015_purged_posts")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False), ("purged_at", None)),
                fields=["deleted_at", "id"],
                name="posts_post_to_purge",
            ),
        ),
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["author_id", "deleted_at"],
                name="posts_post_deleted",
            ),
        ),
    ]
