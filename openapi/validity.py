"""Whether a contract is one: OpenAPI's own schema, in Rust, where the same in Python takes seven seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from drf_spectacular import validation
from drf_spectacular.renderers import OpenApiJsonRenderer

SCHEMA = Path(validation.__file__).with_name("openapi_3_1_schema.json")


def list_faults(contract: dict[str, Any]) -> list[str]:
    """Return what breaks the schema of OpenAPI 3.1, and where."""
    import jsonschema_rs  # only who draws contracts has it

    # Lazy texts and their like become what JSON has.
    plain = json.loads(OpenApiJsonRenderer().render(contract))
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_bytes()))
    return [_tell(fault.instance_path, fault.message) for fault in validator.iter_errors(plain)]


def _tell(path: list[str | int], message: str) -> str:
    # What breaks it may be as long as the contract.
    return f"/{'/'.join(map(str, path))}: {message[:300]}"
