"""What media gives to a user's archive: what they uploaded, by name; the files are fetched one by one."""

from collections.abc import Iterator

from modules.kernel.archives import Entry, archived, walk
from modules.media.models import Media
from modules.media.schemas import KINDS, PURPOSES, STATES

_COLUMNS = (
    "id", "kind", "purpose", "state", "reason", "type", "bytes", "sha256", "width", "height", "alt",
    "focus_x", "focus_y", "variants", "attached_to", "created_at",
)  # fmt: skip


@archived(
    "media.json",
    of=[Media],
    about="Your images and videos, and which files there are of each.",
)
def read_media(user_id: int) -> Iterator[Entry]:
    """Yield all media of a user; `sha256` is that of the upload, where whoever uploaded it said so."""
    for entry in walk(Media.objects.of(user_id), *_COLUMNS, by="id"):
        yield {
            **entry,
            "kind": KINDS[entry["kind"]],
            "purpose": PURPOSES[entry["purpose"]],
            "state": STATES[entry["state"]],
            "attached_to": entry["attached_to"] and str(entry["attached_to"]),
            "variants": [_to_file(each) for each in entry["variants"]],
        }


def _to_file(variant: Entry) -> Entry:
    """Return a file without the place where it lies, which is nobody's business."""
    return {name: value for name, value in variant.items() if name != "key"}
