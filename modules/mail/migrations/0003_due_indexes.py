from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes by which the clock finds what to send next, however many mails of many wait."""

    atomic = False

    dependencies = [("mail", "0002_html_and_bounces")]

    operations = [
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(
                fields=["try_after", "id"],
                condition=models.Q(("kind", "bulk"), _negated=True),
                name="mail_first",
            ),
        ),
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(
                fields=["try_after", "id"],
                condition=models.Q(("kind", "bulk")),
                name="mail_bulk",
            ),
        ),
    ]
