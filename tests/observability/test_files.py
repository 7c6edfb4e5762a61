"""That alerts, metrics and the page about them know each other."""

from __future__ import annotations

import re
import subprocess
import sys

import yaml

from config.env import ROOT
from tests.observability.kit import FILES, metrics_of_files

PAGE = (ROOT / "docs" / "metrics.md").read_text()


class TestPage:
    def test_says_what_to_do_at_each_alert(self):
        [group] = yaml.safe_load((FILES / "alerts.yml").read_text())["groups"]

        anchors = [rule["annotations"]["runbook"] for rule in group["rules"]]

        assert anchors == [f"docs/metrics.md#{name.lower()}" for name in re.findall("(?m)^### (.+)$", PAGE)]

    def test_explains_each_metric(self):
        explained = set(re.findall(r"(?m)^\| `(banyan_\w+)`", PAGE))

        assert explained == {name.removesuffix("_bucket") for name in metrics_of_files()}


class TestOff:
    def test_loads_nothing(self):
        asked = (
            "import sys, config.wsgi, config.celery\n"
            "print([name for name in sys.modules if 'prometheus' in name or 'config.metrics' in name])"
        )

        done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

        assert done.stdout == "[]\n"
