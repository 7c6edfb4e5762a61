from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index by which the clock finds consents that have ended."""

    atomic = False

    dependencies = [("accounts", "0015_audit_moved")]

    operations = [
        AddIndexConcurrently(
            model_name="tokenfamily",
            index=models.Index(fields=["created_at"], name="accounts_tokenfamily_age"),
        ),
    ]
