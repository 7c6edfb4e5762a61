"""`shards audit` as operators run it, and rows that are planted for it to find."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command
from django.db import connections


def audit(*words: str) -> tuple[int, dict[str, Any]]:
    """Run the command; return its exit code and each audit's result."""
    out = io.StringIO()
    code = 0
    try:
        call_command("shards", "audit", "--json", *words, stdout=out)
    except SystemExit as left:
        code = int(str(left.code))
    return code, {result.pop("audit"): result for result in json.loads(out.getvalue())}


def kinds(results: dict[str, Any]) -> set[tuple[str, str, int, int]]:
    """Return (audit, kind, owner, other) of everything that differs."""
    return {
        (name, each["kind"], int(each["owner_id"]), int(each["other_id"] or 0))
        for name, result in results.items()
        for each in result["differences"]
    }


def run_sql(alias: str, statement: str, *parameters: int) -> None:
    """Change one row behind everybody's back."""
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1
