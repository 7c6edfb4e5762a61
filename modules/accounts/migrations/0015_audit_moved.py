from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets what people do without an app be recorded too, then gives the table to a context of its own."""

    dependencies = [
        ("accounts", "0014_mail_moved"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="app_id",
            field=models.CharField(max_length=100, null=True),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="AuditEntry")]),
    ]
