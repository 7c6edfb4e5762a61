"""The demo's people talk: they reply, react, repost, block and mute, as everybody does, by the services."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rich.console import Console

from deploy.demo.pictures import draw_photos
from deploy.demo.progress import step
from deploy.demo.source import Source
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.kernel import clock
from modules.posts import public as posts
from modules.posts.schemas import NewPost, PostCard
from sharding.errors import AlreadyDone
from sharding.once import Once

# The best connected, whom most homes show.
SPEAKERS = 8
ANSWERS = [
    "Well said, @{name}. #banyan",
    "I would #shard that.",
    "And what does the replica say?",
]


def converse(source: Source, ids: list[int], dressed: int, console: Console) -> None:
    """
    Have the best connected talk to each other; said once, however often it is loaded.

    Those who block and mute follow nobody concerned, so that counts and homes stay what the source says.
    """
    speakers = range(min(SPEAKERS, source.users))
    with step("Conversations", len(speakers), console) as shown:
        for number in speakers:
            others = [ids[(number + further) % len(speakers)] for further in range(1, len(speakers))]
            _discuss(source, number, ids[number], others)
            _show_photos(source.username(number), number, ids[number], others, dressed)
            shown.advance(1)
    _quarrel(source, ids)


def _discuss(source: Source, number: int, author_id: int, others: list[int]) -> None:
    """Have one begin a thread, and the others answer it, like it and pass it on."""
    name = source.username(number)
    root = _say(author_id, f"{source.text_of(number)} What do you think? #banyan", key=name)
    for answer, replier_id in zip(ANSWERS, others, strict=False):
        _say(replier_id, answer.format(name=name), key=f"{name}:{answer}", reply_to=root.id)
    for reader_id in others:
        posts.add_reaction(reader_id, root.id, "like")
    for reader_id in others[3:5]:
        posts.repost(reader_id, root.id, now=clock.now())


def _show_photos(name: str, number: int, author_id: int, others: list[int], dressed: int) -> None:
    """Have one show what they have seen, if they have any pictures, and the others like it."""
    if not (photos := draw_photos(number, author_id, dressed, key=name)):
        return
    post = _say(author_id, "Seen on the way home. #photo", key=f"{name}:photos", media_ids=photos)
    for reader_id in others:
        posts.add_reaction(reader_id, post.id, "like")


def _say(
    user_id: int, text: str, *, key: str, reply_to: int | None = None, media_ids: Sequence[int] = ()
) -> PostCard:
    """Publish a post, or return the one that was published before."""
    new = NewPost(text=text, reply_to=reply_to, media_ids=list(media_ids))
    once = Once("demo", key)
    try:
        return posts.publish_post(user_id, new, now=clock.now(), once=once)
    except AlreadyDone as done:
        return PostCard.model_validate_json(done.body or b"")


def _quarrel(source: Source, ids: list[int]) -> None:
    """Have one of the least known block a stranger, and mute another."""
    known = {frozenset(edge) for edge in source.follows}
    least_known = list(reversed(range(SPEAKERS, source.users)))[:50]
    strangers = [pair for pair in combinations(least_known, 2) if frozenset(pair) not in known]
    for (one, other), part in zip(strangers, (_block, _mute), strict=False):
        part(ids[one], ids[other])


def _block(user_id: int, target_id: int) -> None:
    graph.block(user_id, target_id, now=clock.now())


def _mute(user_id: int, target_id: int) -> None:
    graph.mute(user_id, target_id, MuteOptions(), now=clock.now())
