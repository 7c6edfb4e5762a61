"""What users want mailed."""

from modules.mailings.models import Subscription
from modules.mailings.schemas import Mailings


def get_mailings(user_id: int) -> Mailings:
    """Return what a user wants mailed: one read of one row."""
    row = Subscription.objects.of(user_id).first()
    return to_mailings(row or Subscription(user_id=user_id, digest_hour=8, time_zone="", newsletter=False))


def to_mailings(row: Subscription) -> Mailings:
    """Return what a row holds."""
    return Mailings(
        digest_hour=row.digest_hour,
        time_zone=row.time_zone or None,
        next_digest_at=row.due_at,
        newsletter=row.newsletter,
    )
