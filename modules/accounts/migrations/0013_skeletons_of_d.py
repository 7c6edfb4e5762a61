from django.db import migrations

# `cl` looks like `d`. Of accounts that have both already each keeps its name, and the oldest the claim; what
# the others claim instead is nobody else's, for no username has a colon.
_STEP_ASIDE = """
UPDATE accounts_user SET skeleton = ':' || username
FROM (
    SELECT id, row_number() OVER (PARTITION BY replace(skeleton, 'd', 'cl') ORDER BY created_at, id) AS place
    FROM accounts_user
) AS claims
WHERE claims.id = accounts_user.id AND claims.place > 1
"""
_WRITE_ANEW = """
UPDATE accounts_user SET skeleton = replace(skeleton, 'd', 'cl')
WHERE skeleton LIKE '%d%' AND skeleton NOT LIKE ':%'
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_more_reserved_words")]

    operations = [
        migrations.RunSQL(
            [_STEP_ASIDE, _WRITE_ANEW], migrations.RunSQL.noop, hints={"placement": "directory"}
        ),
    ]
