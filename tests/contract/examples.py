"""What the contract shows as examples."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from deploy.embedded.layout import ROOT


def example(operation_id: str, status: int = 200) -> dict[str, Any]:
    """Return what the contract shows as an answer."""
    [drawn] = [
        part
        for item in _contract()["paths"].values()
        for part in item.values()
        if part["operationId"] == operation_id
    ]
    return dict(drawn["responses"][str(status)]["content"]["application/json"]["example"])


@cache
def _contract() -> Any:
    """Return the contract, which takes a second to read."""
    return yaml.load((ROOT / "openapi" / "banyan.yaml").read_bytes(), yaml.CSafeLoader)
