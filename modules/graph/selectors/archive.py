"""What graph gives to a user's archive: whom they chose, and who chose them, by id and username."""

from collections.abc import Collection, Iterator
from typing import Any

from modules.accounts import public as accounts
from modules.graph.models import BlockIn, BlockOut, FollowCount, FollowIn, FollowOut, Mute
from modules.kernel.archives import Entry, archived, at, left_out, walk, with_usernames


@archived("following.json", of=[FollowOut], about="Whom you follow, and how you want to see them.")
def read_following(user_id: int) -> Iterator[Entry]:
    """Yield whom a user follows."""
    rows = FollowOut.objects.of(user_id).filter(is_requested=False)
    yield from _people(rows, "target_id", "notifies", "shows_reposts")


@archived("follow_requests_sent.json", of=[FollowOut], about="Whom you have asked to let you follow them.")
def read_requests_sent(user_id: int) -> Iterator[Entry]:
    """Yield whom a user wants to follow."""
    yield from _people(FollowOut.objects.of(user_id).filter(is_requested=True), "target_id")


@archived("followers.json", of=[FollowIn], about="Who follows you.")
def read_followers(user_id: int) -> Iterator[Entry]:
    """Yield who follows a user."""
    yield from _people(FollowIn.objects.of(user_id).filter(is_active=True), "follower_id")


@archived("follow_requests_received.json", of=[FollowIn], about="Who has asked you to let them follow you.")
def read_requests_received(user_id: int) -> Iterator[Entry]:
    """Yield who wants to follow a user."""
    yield from _people(FollowIn.objects.of(user_id).filter(is_requested=True), "follower_id")


@archived("blocks.json", of=[BlockOut], about="Whom you block.")
def read_blocks(user_id: int) -> Iterator[Entry]:
    """Yield whom a user blocks."""
    yield from _people(BlockOut.objects.of(user_id), "target_id")


@archived("mutes.json", of=[Mute], about="Whom you mute, and until when.")
def read_mutes(user_id: int) -> Iterator[Entry]:
    """Yield whom a user mutes."""
    yield from _people(Mute.objects.of(user_id), "target_id", "expires_at", "mutes_notifications")


def _people(rows: Any, who: str, *columns: str) -> Iterator[Entry]:
    """Yield edges with the other person's id and username, and when they were made."""
    entries = (
        {"user_id": entry[who], "since": at(entry["edge_id"]), **{name: entry[name] for name in columns}}
        for entry in walk(rows, who, "edge_id", *columns)
    )
    yield from with_usernames(entries, "user_id", _usernames)


def _usernames(user_ids: Collection[int]) -> dict[int, str]:
    """Return what people are called whose accounts are open."""
    found = accounts.map_identities(user_ids)
    return {id: identity.username for id, identity in found.items() if identity.is_active}


left_out(BlockIn, because="Who blocks somebody is not theirs to know.")
left_out(FollowCount, because="It counts what is there, and holds settings that stand with the profile.")
