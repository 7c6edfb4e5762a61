"""What notifications gives to a user's archive: what they were told of, by id, and how they want to be."""

from collections.abc import Iterator

from modules.kernel.archives import Entry, archived, at, walk
from modules.notifications.models import Action, Group, Inbox, MutedThread
from modules.notifications.schemas import TYPES
from modules.notifications.selectors.preferences import find_preferences


@archived("notifications.json", of=[Group], about="What you were told of: about what, by how many people.")
def read_notifications(user_id: int) -> Iterator[Entry]:
    """Yield the notifications that are shown."""
    rows = Group.objects.of(user_id).filter(actor_count__gt=0, is_removed=False)
    for entry in walk(
        rows, "id", "type", "subject_id", "last_id", "actor_count", "is_read", "name", "data", by="last_id"
    ):
        changed_at = at(entry.pop("last_id"))
        yield {**entry, "type": TYPES[entry["type"]], "changed_at": changed_at}


@archived("notification_actors.json", of=[Action], about="By whom you were told of it, and by which post.")
def read_actions(user_id: int) -> Iterator[Entry]:
    """Yield what people did, by ids."""
    rows = Action.objects.of(user_id).filter(is_active=True)
    for entry in walk(rows, "group_id", "type", "subject_id", "actor_id", "post_id", "reaction", "edge_id"):
        done_at = at(entry.pop("edge_id"))
        # 0 stands for nobody, and for no post.
        named = {name: None if entry[name] == "0" else entry[name] for name in ("actor_id", "post_id")}
        yield {**entry, **named, "type": TYPES[entry["type"]], "done_at": done_at}


@archived("notification_preferences.json", of=[Inbox], about="How you want to be notified.")
def read_preferences(user_id: int) -> Iterator[Entry]:
    """Yield the preferences."""
    yield find_preferences(user_id).model_dump(mode="json")


@archived("muted_threads.json", of=[MutedThread], about="Threads of which you are told nothing.")
def read_muted_threads(user_id: int) -> Iterator[Entry]:
    """Yield the threads that a user mutes, by the id of their first post."""
    for entry in walk(MutedThread.objects.of(user_id), "root_id", "mute_id"):
        yield {"post_id": entry["root_id"], "since": at(entry["mute_id"])}
