from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_reserved_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="tokenfamily",
            name="session_id",
            field=models.BigIntegerField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="tokenfamily",
            name="authenticated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="spenttoken",
            name="answer",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="spenttoken",
            name="answer_until",
            field=models.DateTimeField(db_index=True, null=True),
        ),
    ]
