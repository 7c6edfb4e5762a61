from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of what profiles list: posts without replies, without reposts, without both."""

    atomic = False

    dependencies = [("posts", "0006_threads_and_shares")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                models.F("author_id"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    ("deleted_at", None), ("reply_to_id", None), models.Q(("kind", 1), _negated=True)
                ),
                name="posts_post_newest_own",
            ),
        ),
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                models.F("author_id"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("deleted_at", None), models.Q(("kind", 1), _negated=True)),
                name="posts_post_newest_no_reposts",
            ),
        ),
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(
                models.F("author_id"),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("deleted_at", None), ("reply_to_id", None)),
                name="posts_post_newest_no_replies",
            ),
        ),
    ]
