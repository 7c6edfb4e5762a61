"""What erasure does by the clock."""

from modules.erasure.services import erasures
from modules.kernel import clock
from modules.kernel.bus import periodic


@periodic
def begin_erasures() -> None:
    """Begin the erasure of accounts whose users can no longer take their wish back."""
    erasures.begin_due_erasures(now=clock.now())


@periodic
def resume_erasures() -> None:
    """Go on with the erasures that are begun, as far as they come."""
    erasures.resume_erasures(now=clock.now())
