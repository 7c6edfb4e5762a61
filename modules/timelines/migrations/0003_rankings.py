from django.db import migrations, models


class Migration(migrations.Migration):
    """Finished rankings of what is popular, in the directory."""

    dependencies = [
        ("timelines", "0002_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ranking",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("entries", models.JSONField()),
                ("is_partial", models.BooleanField()),
            ],
            options={
                "indexes": [models.Index(fields=["name", "-id"], name="timelines_ranking_newest")],
            },
        ),
    ]
