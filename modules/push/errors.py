"""What push refuses."""

from modules.kernel.errors import Conflict, Invalid, NotFound


class DeviceInvalid(Invalid):
    """Nothing could be pushed there."""

    code = "device_invalid"
    title = "What was sent is no device that can be pushed to."


class DeviceNotFound(NotFound):
    """There is no such device of the caller's; others' are nobody else's to know."""

    code = "device_not_found"
    title = "You have no such device."


class PushNotOffered(Conflict):
    """Whoever runs the service has set up no key, or no provider, for devices of this kind."""

    code = "push_not_offered"
    title = "This service pushes to no devices of this kind."
