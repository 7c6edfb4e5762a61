"""Acting for a user: a key may, once it is on record that it does."""

from datetime import datetime

from modules.audit.public import record_request
from modules.audit.schemas import Action

_ACTIVE = "SELECT id AS user_id, epoch FROM accounts_user WHERE id = %(wanted_id)s AND is_active"


def act_for(user_id: int, action: Action, *, app_id: str, key_id: int, now: datetime) -> int | None:
    """Record that a key acts for a user, and return the user's epoch; None if nobody active has the id."""
    values = {"wanted_id": user_id}
    row = record_request(action, found=_ACTIVE, values=values, app_id=app_id, key_id=key_id, now=now)
    return None if row is None else row[1]
