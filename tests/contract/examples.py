"""What the contract shows as examples."""

from __future__ import annotations

from typing import Any

import yaml

from deploy.embedded.layout import ROOT


def example(operation_id: str, status: int = 200) -> dict[str, Any]:
    """Return what the contract shows as an answer."""
    contract = yaml.load((ROOT / "openapi" / "banyan.yaml").read_bytes(), yaml.CSafeLoader)
    [drawn] = [
        part
        for item in contract["paths"].values()
        for part in item.values()
        if part["operationId"] == operation_id
    ]
    return dict(drawn["responses"][str(status)]["content"]["application/json"]["example"])
