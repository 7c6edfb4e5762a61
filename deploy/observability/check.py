"""
Checks the files of this folder with promtool: the configuration, each alert by its tests, each panel.

`python -m deploy.observability.check PROMTOOL`; exits with 1 where something is wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# What Grafana puts in place of its own variables.
_GRAFANA = {"$__rate_interval": "1m"}


def main() -> None:
    """Run every check, and say what failed."""
    promtool = sys.argv[1]
    rules = {"groups": [{"name": "dashboard", "rules": _panels()}]}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        # JSON is YAML: each expression of the dashboard as a rule, for promtool 2.42 parses no other.
        json.dump(rules, file)
        file.flush()
        commands = (
            ("check", "config", "prometheus.yml"),
            ("test", "rules", "alerts.test.yml"),
            ("check", "rules", file.name),
        )
        failed = [command for command in commands if _fails(promtool, command)]
    sys.exit(1 if failed else 0)


def _panels() -> list[dict[str, str]]:
    """Return every expression of the dashboard as a rule."""
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    for name, value in _GRAFANA.items():
        expressions = [expression.replace(name, value) for expression in expressions]
    return [{"record": f"panel:{at}", "expr": expression} for at, expression in enumerate(expressions)]


def _fails(promtool: str, words: tuple[str, ...]) -> bool:
    return subprocess.run([promtool, *words], cwd=FOLDER, check=False).returncode != 0  # noqa: S603


if __name__ == "__main__":
    main()
