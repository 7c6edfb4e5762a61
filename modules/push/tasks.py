"""What push hears: of notifications, and of sessions that end; and the clock."""

from uuid import UUID

from modules.accounts.events import ErasureBegun, SessionEnded, SessionsRevoked
from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.notifications.events import NotificationsChanged
from modules.push.events import DeviceRemoved, PushesDue, SubscriptionTaken
from modules.push.services import waiting
from modules.push.services.devices import release, remove_all, remove_ended, remove_taken
from modules.push.services.planning import plan_pushes
from modules.push.services.sending import send_due_pushes
from sharding.scope import Once


@subscribes(NotificationsChanged)
def plan_for_notifications(event: NotificationsChanged, once: Once) -> None:
    """Have a user's devices told of what has news, once."""
    plan_pushes(event.user_id, event.group_ids, version=event.version, once=once, now=clock.now())


# One at a time, and in a queue of its own: each waits for the servers of others.
@subscribes(PushesDue, queue="push", batch=1)
def send_pushes(event: PushesDue, once: Once) -> None:
    """Send what is due at once; the rest is sent by the clock. A repeat finds nothing due."""
    send_due_pushes(event.user_id, now=clock.now())


@subscribes(SessionEnded)
def remove_devices_of_session(event: SessionEnded, once: Once) -> None:
    """Push nothing more to where a user has logged out; a repeat is harmless."""
    remove_ended(event.user_id, now=clock.now())


@subscribes(SessionsRevoked)
def remove_devices_of_sessions(event: SessionsRevoked, once: Once) -> None:
    """Push nothing more to where a user was logged in before; a repeat is harmless."""
    remove_ended(event.user_id, now=clock.now())


@subscribes(ErasureBegun)
def forget_erased(event: ErasureBegun, once: Once) -> None:
    """Have the directory forget where somebody was pushed to who is erased; a repeat is harmless."""
    remove_all(event.user_id)


@subscribes(SubscriptionTaken)
def remove_taken_device(event: SubscriptionTaken, once: Once) -> None:
    """Remove the device of who had a target before; a repeat is harmless."""
    remove_taken(event.user_id, UUID(event.claim))


@subscribes(DeviceRemoved)
def release_target(event: DeviceRemoved, once: Once) -> None:
    """Have the directory forget whose a target was; a repeat is harmless."""
    release(UUID(event.claim))


@periodic
def send_waiting_pushes() -> None:
    """Send what is due and was not sent."""
    waiting.send_waiting_pushes(now=clock.now())


@periodic
def forget_old_pushes() -> None:
    """Forget what was pushed long ago."""
    waiting.forget_old_pushes(now=clock.now())
