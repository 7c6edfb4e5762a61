from django.db import migrations


class Migration(migrations.Migration):
    """Gives the table of mails to a context of its own: nothing is done to the database."""

    dependencies = [
        ("accounts", "0013_skeletons_of_d"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Mail")]),
    ]
