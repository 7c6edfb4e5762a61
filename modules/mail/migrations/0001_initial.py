from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes over a table that accounts has made; nothing is done to the database."""

    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Mail",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("to", models.EmailField(max_length=254)),
                        ("subject", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("created_at", models.DateTimeField(db_index=True)),
                        ("try_after", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "accounts_mail"},
                ),
            ],
        ),
    ]
