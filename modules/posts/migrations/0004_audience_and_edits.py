from django.db import migrations, models


class Migration(migrations.Migration):
    """Audience, entities, custom data and edits of posts; the places of replies, reposts and quotes."""

    dependencies = [("posts", "0003_reactions")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="audience",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="post",
            name="custom",
            field=models.TextField(db_default=models.Value("{}"), default=dict),
        ),
        migrations.AddField(
            model_name="post",
            name="edited_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="entities",
            field=models.TextField(db_default=models.Value("[]"), default=list),
        ),
        migrations.AddField(
            model_name="post",
            name="kind",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="post",
            name="original_author_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="original_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="reply_policy",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="post",
            name="reply_to_author_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="reply_to_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="root_author_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="root_id",
            field=models.BigIntegerField(null=True),
        ),
    ]
