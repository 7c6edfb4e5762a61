"""What mailings announces, to itself: what is to be mailed."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDue:
    """
    A user is to get a digest.

    `due` is the moment that it stands for, in seconds since 1970. It is to tell of what is younger than the
    id `after_id`, and not of what is younger than `until_id`, which the next one tells of.
    """

    name: ClassVar[str] = "mailings.digest_due.v1"

    user_id: int
    due: int
    after_id: int
    until_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePartDue:
    """An issue is to go on in a part of the shards, if it still stands at this place there."""

    name: ClassVar[str] = "mailings.issue_part_due.v1"

    issue_id: int
    first_shard: int
    after_shard: int
    after_id: int
