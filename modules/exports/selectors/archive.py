"""What exports itself gives to a user's archive."""

from collections.abc import Iterator

from modules.exports.models import Allowance, Export
from modules.exports.schemas import KINDS, STATES
from modules.kernel.archives import Entry, archived, left_out, walk


@archived("exports.json", of=[Export], about="Exports that you have asked for, this one among them.")
def read_exports(user_id: int) -> Iterator[Entry]:
    """Yield a user's exports."""
    shown = ("id", "kind", "year", "state", "created_at", "finished_at", "expires_at")
    for entry in walk(Export.objects.of(user_id), *shown, by="id"):
        yield {**entry, "kind": KINDS[entry["kind"]], "state": STATES[entry["state"]]}


left_out(Allowance, because="It says when the next export may be asked for.")
