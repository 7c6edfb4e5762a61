from django.db import migrations, models


class Migration(migrations.Migration):
    """JSON as text, as it was checked; what jsonb has made of it already stays so."""

    dependencies = [("profiles", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="profile",
            name="custom",
            field=models.TextField(db_default=models.Value("{}"), default=dict),
        ),
    ]
