from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether an account is private, as its card shows it."""

    dependencies = [("profiles", "0003_fence_2")]

    operations = [
        migrations.AddField(
            model_name="profile", name="is_private", field=models.BooleanField(db_default=False)
        ),
    ]
