from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.home_candidate import HomeCandidate


T = TypeVar("T", bound="HomeExplanation")


@_attrs_define
class HomeExplanation:
    """How a page of a home came to be; entries that the window's script passed over are not told of.

    Attributes:
        candidates (list[HomeCandidate]): In the order in which they were looked at.
        rounds (int): How often more was looked for.
        candidates_ms (float): What finding candidates took.
        cards_ms (float): What loading their cards and authors took.
    """

    candidates: list[HomeCandidate]
    rounds: int
    candidates_ms: float
    cards_ms: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        candidates = []
        for candidates_item_data in self.candidates:
            candidates_item = candidates_item_data.to_dict()
            candidates.append(candidates_item)

        rounds = self.rounds

        candidates_ms = self.candidates_ms

        cards_ms = self.cards_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "candidates": candidates,
                "rounds": rounds,
                "candidates_ms": candidates_ms,
                "cards_ms": cards_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.home_candidate import HomeCandidate

        d = dict(src_dict)
        candidates = []
        _candidates = d.pop("candidates")
        for candidates_item_data in _candidates:
            candidates_item = HomeCandidate.from_dict(candidates_item_data)

            candidates.append(candidates_item)

        rounds = d.pop("rounds")

        candidates_ms = d.pop("candidates_ms")

        cards_ms = d.pop("cards_ms")

        home_explanation = cls(
            candidates=candidates,
            rounds=rounds,
            candidates_ms=candidates_ms,
            cards_ms=cards_ms,
        )

        home_explanation.additional_properties = d
        return home_explanation

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
