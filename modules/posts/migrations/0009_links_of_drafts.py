from django.db import migrations, models


class Migration(migrations.Migration):
    """What drafts reply to and quote, and why the clock could not publish one."""

    dependencies = [("posts", "0008_tags")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="reply_to_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="quote_of_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="refused_by",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="draft",
            name="refused_at",
            field=models.DateTimeField(null=True),
        ),
    ]
