from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.home_reason import HomeReason
from ..models.home_rule import HomeRule
from ..models.home_source import HomeSource

T = TypeVar("T", bound="HomeCandidate")


@_attrs_define
class HomeCandidate:
    """A post that was looked at, by the author through whom it came.

    Attributes:
        post_id (str):
        author_id (str):
        reason (HomeReason): Why a post may belong in a home.
        source (HomeSource): Where a post was found: the home's window, an author whom readers pull, or the shards
            beneath both.

            Or in the order of its first page.
        dropped_by (HomeRule | None):
        score (float | None): By `order=top`, of what is shown, what ranked it; else null.
    """

    post_id: str
    author_id: str
    reason: HomeReason
    source: HomeSource
    dropped_by: HomeRule | None
    score: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        post_id = self.post_id

        author_id = self.author_id

        reason = self.reason.value

        source = self.source.value

        dropped_by: None | str
        if isinstance(self.dropped_by, HomeRule):
            dropped_by = self.dropped_by.value
        else:
            dropped_by = self.dropped_by

        score: float | None
        score = self.score

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "post_id": post_id,
                "author_id": author_id,
                "reason": reason,
                "source": source,
                "dropped_by": dropped_by,
                "score": score,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        post_id = d.pop("post_id")

        author_id = d.pop("author_id")

        reason = HomeReason(d.pop("reason"))

        source = HomeSource(d.pop("source"))

        def _parse_dropped_by(data: object) -> HomeRule | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                dropped_by_type_0 = HomeRule(data)

                return dropped_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HomeRule | None, data)

        dropped_by = _parse_dropped_by(d.pop("dropped_by"))

        def _parse_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        score = _parse_score(d.pop("score"))

        home_candidate = cls(
            post_id=post_id,
            author_id=author_id,
            reason=reason,
            source=source,
            dropped_by=dropped_by,
            score=score,
        )

        home_candidate.additional_properties = d
        return home_candidate

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
