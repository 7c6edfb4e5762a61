"""`/v1/me/devices` and `/v1/push/key`: where the caller is pushed to."""

from modules.accounts.public import hash_key
from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import FIRST_PARTY
from modules.push.errors import DeviceInvalid, DeviceNotFound, PushNotOffered
from modules.push.schemas import DeviceCard, DeviceId, DevicePage, NewDevice, PushKey
from modules.push.selectors.devices import list_devices
from modules.push.selectors.keys import get_push_key
from modules.push.services.devices import register_device, remove_device


class Devices(View):
    """The caller's devices."""

    @endpoint("list_devices", scope=FIRST_PARTY)
    def get(self, request: Request) -> DevicePage:
        """List where the caller is pushed to, the last registered first: all of them, for there are few."""
        return list_devices(request.user.id, key_hash=hash_key(request.auth), now=clock.now())


class OneDevice(View):
    """One of the caller's devices."""

    @endpoint("register_device", scope=FIRST_PARTY, refuses=(DeviceInvalid, PushNotOffered))
    def put(self, request: Request, device_id: DeviceId, body: NewDevice) -> DeviceCard:
        """
        Have the caller pushed to a browser or an app, until the session that asks ends.

        Whoever registers last is pushed to: of a browser that another has registered they hear nothing there
        any more. Repeat it at each start and after each log-in. Of more than 20 devices the one that was not
        registered for longest goes.
        """
        return register_device(
            request.user.id, device_id, body, key_hash=hash_key(request.auth), now=clock.now()
        )

    @endpoint("remove_device", scope=FIRST_PARTY, refuses=(DeviceNotFound,))
    def delete(self, request: Request, device_id: DeviceId) -> None:
        """Push nothing more to a device."""
        remove_device(request.user.id, device_id)


class Key(View):
    """The key by which browsers know who pushes."""

    @endpoint("get_push_key", public=True)
    def get(self, request: Request) -> PushKey:
        """Show the public key that browsers subscribe with, and whether apps are pushed to."""
        return get_push_key()
