"""What crosses the doors of timelines; a home is a page of posts, and its shape is theirs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimelineSettings:
    """
    How much of a home is kept at hand.

    A window holds `window_size` entries, and `slack` more before a trim; it lives `ttl_seconds` after its
    last read. A cold read pulls `pull_size` posts; of an author whom readers pull, `pulled_size` are kept.
    """

    window_size: int = 800
    slack: int = 80
    pull_size: int = 100
    pulled_size: int = 200
    ttl_seconds: int = 7 * 24 * 3600
