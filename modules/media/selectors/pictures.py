"""Avatars and covers, whose addresses are public and stay."""

from collections.abc import Mapping
from typing import Any

from modules.media.schemas import Picture
from modules.media.storages import media_storage


def to_picture(kept: Mapping[str, Any] | None) -> Picture | None:
    """
    Return what a profile's card shows of a picture, of what `use_picture` gave.

    Its addresses are made as the card is rendered: another CDN takes over as cards run out, within minutes.
    """
    if kept is None:
        return None
    storage = media_storage()
    urls = {name: storage.public_url(key) for name, key in kept["keys"].items()}
    known = {name: value for name, value in kept.items() if name != "keys"}
    return Picture(**known, urls=urls)
