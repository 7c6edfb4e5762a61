"""What profiles gives to a user's archive."""

from collections.abc import Iterator

from modules.graph import public as graph
from modules.kernel.archives import Entry, archived, walk
from modules.profiles.models import Profile

_COLUMNS = ("user_id", "username", "display_name", "bio", "custom", "is_private", "avatar", "cover")


@archived("profile.json", of=[Profile], about="Your profile, and whether it is private.")
def read_profile(user_id: int) -> Iterator[Entry]:
    """Yield the profile, with what graph counts and keeps of its settings."""
    counts = graph.get_own_counts(user_id)
    for entry in walk(Profile.objects.of(user_id), *_COLUMNS):
        yield {**entry, "counts": counts.model_dump(mode="json")}
