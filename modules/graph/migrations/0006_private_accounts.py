from django.db import migrations, models

_FLAGS = [
    ("followcount", "is_private", False),
    ("followin", "is_requested", False),
    ("followin", "is_refused", False),
    ("followout", "is_requested", False),
    ("followout", "notifies", False),
    ("followout", "shows_reposts", True),
]


class Migration(migrations.Migration):
    """Accounts whose followers they choose, requests to follow them, and options of a follow."""

    dependencies = [("graph", "0005_blocks_and_mutes")]

    operations = [
        *[
            migrations.AddField(model_name=table, name=name, field=models.BooleanField(db_default=default))
            for table, name, default in _FLAGS
        ],
        migrations.AddField(
            model_name="followcount", name="requested", field=models.IntegerField(db_default=0)
        ),
    ]
