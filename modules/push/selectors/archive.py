"""What push gives to a user's archive: where they are pushed to, without what it takes to push there."""

from collections.abc import Iterator

from modules.kernel.archives import Entry, archived, left_out, walk
from modules.push.models import Device, Push, Subscription
from modules.push.schemas import KINDS

left_out(Push, because="What is to be pushed next: of notifications, which are there.")
left_out(Subscription, because="Whose an address is, by its digest: the devices are there.")


@archived("devices.json", of=[Device], about="Browsers and apps where you are told of notifications.")
def read_devices(user_id: int) -> Iterator[Entry]:
    """Yield the devices of a user."""
    rows = Device.objects.of(user_id)
    for entry in walk(rows, "device_id", "kind", "name", "created_at", "used_at", by="id"):
        yield {**entry, "kind": KINDS[entry["kind"]]}
