from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_ended_grants"),
        # Its `unique_verified_email` is the claim from now on.
        ("account", "0003_alter_emailaddress_create_unique_verified_email"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="accounts_email_claim"),
        migrations.AddIndex(model_name="user", index=models.Index(fields=["email"], name="accounts_email")),
        migrations.AddField(
            model_name="user",
            name="is_pending",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
