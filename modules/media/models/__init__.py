"""The table of media."""

from modules.media.models.media import Media

__all__ = ["Media"]
