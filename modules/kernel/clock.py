"""The one clock: views read it and hand the moment down, so that services stay testable."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the edge that the ban points to
