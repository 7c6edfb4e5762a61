"""The popular part of a digest: posts that everybody may see, of which a reader gets those for them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from django.conf import settings

from modules.graph.schemas import Viewer
from modules.posts import public as posts
from modules.timelines import public as timelines

SHOWN: Final = 5
# Of the ranking so many are looked at: some are a reader's own, seen already, or by whom they mute.
_LOOKED_AT: Final = 32
# So many at a time: nearly everybody may see nearly all.
_ROUND: Final = 8
# What is quoted of a post.
_TEXT: Final = 280


def list_popular(viewer: Viewer, *, after_id: int) -> list[dict[str, Any]]:
    """
    Return the popular posts that a digest shows somebody: new since the last one, and by others.

    All of them are for everybody, for what is made of them is kept and shown to thousands; which ones a
    reader gets is decided for the reader alone, by their blocks and mutes as of now.
    """
    ranked = [post for post in timelines.list_popular_posts() if post.post_id > after_id]
    ids = [post.post_id for post in ranked if post.author_id != viewer.id][:_LOOKED_AT]
    shown: dict[int, dict[str, Any]] = {}
    for first in range(0, len(ids), _ROUND):
        shown |= map_shown(ids[first : first + _ROUND], viewer=viewer)
        if len(shown) >= SHOWN:
            break
    return list(shown.values())[:SHOWN]


def map_shown(post_ids: Sequence[int], *, viewer: Viewer) -> dict[int, dict[str, Any]]:
    """Return what mails show of posts, by id in this order: of those for everybody, without muted people."""
    if not post_ids:
        return {}
    visible = posts.map_visible(post_ids, viewer=viewer)
    return {
        id: _to_facts(id, visible)
        for id, post in visible.posts.items()
        if not visible.viewer.mutes(post.head.author_id) and visible.is_public(id)
    }


def _to_facts(post_id: int, visible: posts.Visible) -> dict[str, Any]:
    """Return what a mail shows of a post; `key` names all of it, so that what is made of it may be kept."""
    post = visible.posts[post_id]
    author_id = post.head.author_id
    card: Mapping[str, Any] = orjson.loads(post.json)
    author: Mapping[str, Any] = orjson.loads(visible.users[author_id])
    text = " ".join(card["text"].split())
    return {
        "key": f"{post_id}.{post.version}.{author_id}.{visible.people[author_id].version}",
        "author": author["display_name"],
        "username": author["username"],
        "text": f"{text[:_TEXT].rstrip()}…" if len(text) > _TEXT else text,
        "url": f"{settings.FRONTEND_URL}/posts/{post_id}",
    }
