from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which posts are found by their words."""

    atomic = False

    dependencies = [("posts", "0011_words")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=GinIndex(
                models.Func("text", function="post_words"),
                gin_pending_list_limit=1024,
                name="posts_post_words",
            ),
        ),
    ]
