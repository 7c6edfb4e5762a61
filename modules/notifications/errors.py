"""What notifications refuses."""

from modules.kernel.errors import Forbidden, Invalid, NotFound


class NotificationNotFound(NotFound):
    """There is no such notification of the caller's; others' are nobody else's to know."""

    code = "notification_not_found"
    title = "You have no such notification."


class SecurityStaysOn(Invalid):
    """Whoever has stolen a session must not silence the news of it."""

    code = "security_stays_on"
    title = "Notifications about the security of your account cannot be turned off in the app."


class TimeZoneUnknown(Invalid):
    """Quiet hours are in a zone of which nobody knows the time."""

    code = "time_zone_unknown"
    title = "Send the name of a time zone, such as Europe/Berlin."


class OperatorKeysOnly(Forbidden):
    """Whoever could notify everybody of anything must be trusted by who runs the service."""

    code = "operator_keys_only"
    title = "Only a service key of an operator's app, for itself, may send notifications."


class TooManyMutedThreads(Invalid):
    """The caller has reached the limit; it bounds what being notified costs."""

    code = "too_many_muted_threads"
    title = "You have reached the limit of muted threads; unmute one first."
