from django.db import migrations, models


class Migration(migrations.Migration):
    """When the body of a deleted post was purged."""

    dependencies = [("posts", "0014_postrevision_media_ids")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="purged_at",
            field=models.DateTimeField(null=True),
        ),
    ]
