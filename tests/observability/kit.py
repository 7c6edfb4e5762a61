"""Scraping as Prometheus does it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from deploy.embedded import ports
from deploy.embedded.layout import ROOT

FILES = ROOT / "deploy" / "observability"


@dataclass(frozen=True, slots=True)
class Targets:
    """Where API, worker, relay and realtime tell their metrics."""

    port: int

    @property
    def env(self) -> dict[str, str]:
        """Return the variable that has them tell."""
        return {"BANYAN_METRICS": f"127.0.0.1:{self.port}"}

    def ask(self) -> dict[str, float]:
        """Return what all four tell, added up, by the series: `name{label="value"}`, labels in order."""
        found: dict[str, float] = {}
        for port in range(self.port, self.port + 4):
            text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    labels = ",".join(f'{name}="{sample.labels[name]}"' for name in sorted(sample.labels))
                    series = sample.name + (f"{{{labels}}}" if labels else "")
                    found[series] = found.get(series, 0) + sample.value
        return found

    def names(self) -> set[str]:
        """Return what the series of all four are called."""
        return {series.partition("{")[0] for series in self.ask()}


def expressions() -> Iterator[str]:
    """Yield every expression of the dashboard, as Grafana sends it, and of the alerts."""
    dashboard = json.loads((FILES / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"].replace("$__rate_interval", "1m")
    for group in yaml.safe_load((FILES / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


def metrics_of_files() -> set[str]:
    """Return which metrics of ours the dashboard and the alerts ask for."""
    return {name for expression in expressions() for name in re.findall(r"\bbanyan_\w+", expression)}


def free_targets() -> Targets:
    """Return four ports in a row on which nobody listens."""
    for first in range(21470, 30000, 7):
        held = []
        try:
            held = [ports.listen(port) for port in range(first, first + 4)]
        except OSError:
            continue
        finally:
            for each in held:
                each.close()
        return Targets(first)
    raise AssertionError("no four ports in a row are free")
