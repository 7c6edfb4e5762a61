"""
Cards of media, as finished JSON; kept in Redis under `media:{id}` like all cards.

Addresses are not in them: a card has the key of each file in its place, and `with_urls` puts in what holds
now. So a CDN may change, and what is cached never hands out an address that is over.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from modules.kernel import clock
from modules.kernel.cards import CardKind, RenderedCard, register
from modules.media.models import Media
from modules.media.schemas import (
    KINDS,
    MEDIA,
    MEDIA_LAYOUT,
    PURPOSES,
    READY,
    STATES,
    Focus,
    MediaCard,
    MediaHead,
    MediaVariant,
    OwnMedia,
)
from modules.media.storages import media_storage
from modules.media.storages.signing import to_moment
from sharding.scatter import Unavailable

# An address is signed as of the last half hour, for an hour: it holds for 30 to 60 minutes, and is the same
# for everybody meanwhile, so that browsers and CDNs have it already.
WINDOW_S: Final = 1800
TTL_S: Final = 3600
_KEY: Final = re.compile(rb'"url":"~/([^"]+)"')


def render_media(
    media_ids: list[int], *, unavailable: Unavailable | None
) -> dict[int, RenderedCard[MediaHead]]:
    """
    Return head and card of each media, from the shards. One read per instance.

    :raises InstanceUnavailable: without `unavailable`, which else takes those that are absent for that reason
    """
    rows = Media.objects.gather(media_ids, on_primary=True, unavailable=unavailable)
    return {row.id: render(row) for row in rows}


def render(media: Media) -> RenderedCard[MediaHead]:
    """Return the head and the finished card of a row."""
    return RenderedCard(MediaHead(media.owner_id), MediaCard(**fields_of(media)).json_bytes(), media.version)


def to_own(media: Media) -> OwnMedia:
    """Return what the owner sees of a row, without addresses."""
    return OwnMedia(
        **fields_of(media),
        purpose=PURPOSES[media.purpose],
        bytes=media.bytes,
        reason=media.reason or None,
        attached_to=media.attached_to,
        created_at=media.created_at,
    )


def fields_of(media: Media) -> dict[str, Any]:
    """Return the fields of a card."""
    return {
        "id": media.id,
        "kind": KINDS[media.kind],
        "state": STATES[media.state],
        "type": media.type,
        "width": media.width,
        "height": media.height,
        "blurhash": media.blurhash or None,
        "alt": media.alt,
        "focus": focus_of(media),
        "variants": [_to_variant(variant) for variant in media.variants] if media.state == READY else [],
    }


def focus_of(media: Media) -> Focus | None:
    """Return the focus of a row."""
    if media.focus_x is None or media.focus_y is None:
        return None
    return Focus(x=media.focus_x, y=media.focus_y)


def _to_variant(variant: Mapping[str, Any]) -> MediaVariant:
    return MediaVariant(
        name=variant["name"],
        type=variant["type"],
        width=variant["width"],
        height=variant["height"],
        bytes=variant["bytes"],
        url=f"~/{variant['key']}",
    )


def with_urls(json: bytes, *, now: datetime) -> bytes:
    """Return finished JSON of media with addresses that hold from now on."""
    return _with_urls(json, int(now.timestamp()) // WINDOW_S)


@lru_cache(maxsize=4096)
def _with_urls(json: bytes, window: int) -> bytes:
    """Return the same, for all who ask in a window: what many look at is signed once."""
    since, storage = to_moment(window * WINDOW_S), media_storage()

    def sign(match: re.Match[bytes]) -> bytes:
        key = match[1].decode()
        if key.startswith("public/"):
            return b'"url":"%b"' % storage.public_url(key).encode()
        return b'"url":"%b"' % storage.sign_url(key, since=since, seconds=TTL_S).encode()

    return _KEY.sub(sign, json)


def map_json(cards: Mapping[int, RenderedCard[MediaHead]], ids: Collection[int]) -> dict[int, bytes]:
    """Return the finished JSON of those of the media that are there, with addresses that hold from now on."""
    if not cards:
        return {}
    now = clock.now()
    return {id: with_urls(cards[id].json, now=now) for id in ids if id in cards}


CARDS = register(CardKind(MEDIA, MEDIA_LAYOUT, ttl=3600, render=render_media))
