from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes over a table that accounts has made; nothing is done to the database."""

    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=40)),
                        ("app_id", models.CharField(max_length=100, null=True)),
                        ("key_id", models.BigIntegerField(null=True)),
                        ("actor_id", models.BigIntegerField(null=True)),
                        ("user_id", models.BigIntegerField(null=True)),
                        ("method", models.CharField(blank=True, max_length=10)),
                        ("path", models.CharField(blank=True, max_length=200)),
                        ("request_id", models.CharField(blank=True, max_length=128)),
                    ],
                    options={
                        "db_table": "accounts_auditentry",
                        "indexes": [models.Index(fields=["app_id", "id"], name="accounts_audit_app")],
                    },
                ),
            ],
        ),
    ]
