"""What is remembered of a second factor so that nobody uses it twice."""

from collections.abc import Collection

from allauth.mfa.models import Authenticator

from modules.kernel import clock
from sharding.scope import writing_directory

# Under which an authenticator app's row holds the last step (RFC 6238) of which a code was taken.
_STEP = "last_step"
# Under which allauth holds when recovery codes were first shown.
_VIEWED = "viewed_at"


def use_step(authenticator_id: int, steps: Collection[int]) -> bool:
    """
    Mark a step of an authenticator app as used, of several the newest; return whether that was possible.

    A step is used once, and with it all before it, however many ask at once. It stands in the row and not in
    a cache, which may be empty, or away.
    """
    with writing_directory():
        row = Authenticator.objects.select_for_update().filter(id=authenticator_id).first()
        if row is None:
            return False
        fresh = [step for step in steps if step > row.data.get(_STEP, 0)]
        if fresh:
            mark_step(row, max(fresh))
    return bool(fresh)


def note_viewed(codes: Authenticator) -> None:
    """Note that somebody's recovery codes were shown, and bring the row that holds them up to date."""
    with writing_directory():
        codes.data = Authenticator.objects.select_for_update().get(id=codes.pk).data
        if not codes.data.get(_VIEWED):
            codes.data[_VIEWED] = clock.now().timestamp()
            codes.save(update_fields=["data"])


def mark_step(row: Authenticator, step: int) -> None:
    """Mark a step of an authenticator app as used, in the caller's transaction, which holds the row."""
    row.data[_STEP] = step
    row.save(update_fields=["data"])
