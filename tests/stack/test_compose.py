"""docker-compose.yml with PgBouncer: who goes through it, who past it, and by which settings."""

from __future__ import annotations

import configparser
import re
import subprocess
from typing import Any

import pytest
import yaml

from config.env import ROOT, load

SECRETS = {
    name: f"{name.lower()}-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    for name in re.findall(r"^([A-Z_]+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE)
}
# `${NAME}`, `${NAME:-otherwise}`, `${NAME-otherwise}` and `${NAME:?what is wrong}`.
NAMED = re.compile(r"\$\{(\w+)(?::?[-?]([^}]*))?\}")
THROUGH = ("api-1", "api-2", "worker", "worker-media", "worker-exports", "beat", "flower")


def pooled_lines() -> dict[str, str]:
    """Return what .env.example has as comments for the profile."""
    block = (ROOT / ".env.example").read_text().partition("# PgBouncer before")[2].partition("\n\n")[0]
    return dict(line.removeprefix("# ").split("=", 1) for line in block.splitlines()[1:])


def fill(text: str, given: dict[str, str]) -> str:
    return NAMED.sub(lambda named: given.get(named[1]) or named[2] or "", text)


def fill_all(part: Any, given: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: fill_all(value, given) for name, value in part.items()}
    if isinstance(part, list):
        return [fill_all(value, given) for value in part]
    return fill(part, given) if isinstance(part, str) else part


def compose(lines: dict[str, str]) -> dict[str, Any]:
    """Return the file as compose reads it with these lines in .env."""
    given = SECRETS | {name: fill(value, SECRETS) for name, value in lines.items()}
    return dict(fill_all(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), given))


def databases(service: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """Return which servers a process is told of, as it reads its environment: pooled, own, direct."""
    for name, value in service["environment"].items():
        # The rest is that of the run.
        if re.fullmatch("BANYAN_(POOLED|.*DIRECTORY_URL|.*INSTANCES|REPLICAS)", name):
            monkeypatch.setenv(name, value)
    env = load.__wrapped__()
    own = [env.directory_url, *env.instances.values(), *env.replicas.values()]
    direct = [url for url in (env.direct_directory_url, *env.direct_instances.values()) if url]
    return (
        env.pooled,
        *([(url.parameters["host"], url.parameters["dbname"]) for url in urls] for urls in (own, direct)),
    )


SERVERS = [("directory", "banyan"), ("instance-a", "banyan"), ("instance-b", "banyan")]
REPLICA = ("replica-a1", "banyan")


def test_leads_processes_through_it_and_those_with_locks_past_it(monkeypatch):
    services = compose(pooled_lines())["services"]
    found = {name: databases(services[name], monkeypatch) for name in (*THROUGH, "relay", "migrate")}

    pooled = [("pgbouncer", name) for name in ("directory", "a", "b", "a_replica1")]
    assert found == {
        **dict.fromkeys(THROUGH, ("on", pooled, SERVERS)),
        "relay": ("off", SERVERS, []),
        "migrate": ("off", [*SERVERS, REPLICA], []),
    }


def test_leads_nobody_through_it_unless_it_is_wanted(monkeypatch):
    services = compose({})["services"]
    found = {name: databases(services[name], monkeypatch) for name in THROUGH}

    assert found == dict.fromkeys(THROUGH, ("off", [*SERVERS, REPLICA], []))
    assert services["pgbouncer"]["profiles"] == ["pooled"]
    assert services["api-1"]["depends_on"]["pgbouncer"]["required"] is False


def test_pools_by_the_settings_that_are_tested_before_the_servers_that_there_are():
    pooler = compose(pooled_lines())["services"]["pgbouncer"]
    config = configparser.RawConfigParser(allow_no_value=True, comment_prefixes=(";",))
    config.read(ROOT / "deploy/pgbouncer/compose.ini")

    hosts = [host for host, _ in [*SERVERS, REPLICA]]
    assert dict(config["databases"]) == {
        name: f"host={host} dbname=banyan"
        for name, host in zip(("directory", "a", "b", "a_replica1"), hosts, strict=True)
    }
    assert pooler["volumes"] == ["./deploy/pgbouncer:/etc/pgbouncer:ro"]
    assert "%include /etc/pgbouncer/pooling.ini" in config["pgbouncer"]
    assert pooler["environment"] == {"API_PASSWORD": SECRETS["BANYAN_API_PASSWORD"]}


def test_starts_it_for_the_role_of_the_processes_that_go_through_it(tmp_path):
    words = compose(pooled_lines())["services"]["pgbouncer"]["command"]
    there = words[2].replace("$$", "$").replace("/tmp/", f"{tmp_path}/").replace("exec pgbouncer", "echo")

    done = subprocess.run(
        [*words[:2], there], env={"API_PASSWORD": "p4ss"}, capture_output=True, text=True, check=True
    )

    assert done.stdout == "/etc/pgbouncer/compose.ini\n"
    assert (tmp_path / "users.txt").read_text() == '"banyan_api" "p4ss"\n'
