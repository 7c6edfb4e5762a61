from django.db import migrations, models

_FLAGS = [
    (table, name, field)
    for table, flag in (("followcount", "is_closed"), ("followin", "is_hidden"), ("followout", "is_hidden"))
    for name, field in (
        (flag, models.BooleanField(db_default=False)),
        ("status_version", models.IntegerField(db_default=0)),
    )
]


class Migration(migrations.Migration):
    """Edges of closed accounts are neither listed nor counted."""

    dependencies = [("graph", "0002_hidden_counts")]

    operations = [
        *[migrations.AddField(model_name=table, name=name, field=field) for table, name, field in _FLAGS],
        migrations.RemoveIndex(model_name="followin", name="follow_in_newest"),
        migrations.AddIndex(
            model_name="followin",
            index=models.Index(
                condition=models.Q(("is_active", True)),
                fields=["user_id", "-edge_id"],
                include=("follower_id", "is_hidden"),
                name="follow_in_newest",
            ),
        ),
    ]
