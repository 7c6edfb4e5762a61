import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whom people find. pg_trgm is trusted: who owns the database may create it."""

    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm;", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="FoundPerson",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=30)),
                ("words", models.TextField()),
                ("followers", models.BigIntegerField(db_default=0)),
                ("is_open", models.BooleanField()),
                ("version", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"],
                        opclasses=["gin_trgm_ops"],
                        condition=models.Q(("is_open", True)),
                        name="search_person_words",
                    )
                ],
            },
        ),
    ]
