"""How two people stand: strangers, but for what a test says."""

from __future__ import annotations

from typing import Any

from modules.graph.schemas import Relationship


def stands(user_id: int, **but: Any) -> Relationship:
    """Return the relationship to somebody who is a stranger, but for what is said."""
    stranger: dict[str, Any] = dict.fromkeys(Relationship.model_fields.keys() - {"user_id"}, False)
    options = {"reposts": bool(but.get("following") or but.get("requested"))}
    return Relationship(user_id=user_id, **stranger | {"muted_until": None} | options | but)


def stands_as_json(user_id: int, **but: Any) -> dict[str, Any]:
    """Return the same as a client gets it."""
    return stands(user_id, **but).model_dump(mode="json")
