"""`make image-test`, or `.venv/bin/python -m tests.image`: all of it, one step after the other."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.image import checks, standins
from tests.image.engine import Engine, engine, favour
from tests.image.installed import fetch_plugins, install_engine
from tests.image.pods import check_deployments
from tests.image.shell import Failed, step
from tests.image.site import Site, lay


def main() -> int:
    """Run all steps; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    # Before what else this machine does, as the containers: one that starves loses nothing, but says 503.
    os.nice(-10)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "banyan-image"
    try:
        with step("Installing what is missing"):
            install_engine()
            config = fetch_plugins(cache)
        with engine(cache, config) as docker, tempfile.TemporaryDirectory(prefix="banyan-site-") as folder:
            with step("Building stand-ins for the base images"):
                standins.build(docker, cache)
            _try(docker, Path(folder))
    except Failed as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    print(f"The image and compose are well: {time.monotonic() - began:.0f} s.")
    return 0


def _try(docker: Engine, folder: Path) -> None:
    """Build, start, use, break, release and remove a site."""
    site = lay(docker, folder)
    try:
        with step("docker compose build"):
            site.compose("build", "--quiet")
        favour("docker")
        with step("docker compose up --detach --wait"):
            site.compose("up", "--detach", "--wait")
        _check(site)
    except Failed:
        for name, state in site.states().items():
            if state not in (checks.WELL, ("exited", "")):
                print(site.compose("logs", "--no-color", "--tail", "60", name), file=sys.stderr)
                print(f"{name} is {state}", file=sys.stderr)
        site.compose("down", "--volumes", "--timeout", "5")
        raise
    with step("docker compose down"):
        checks.check_farewell(site)


def _check(site: Site) -> None:
    with step("Health, rights and roles"):
        checks.check_health(site)
        checks.check_workers(site)
        checks.check_containers(site)
        checks.check_roles(site)
    with step("The proxy"):
        checks.check_proxy(site)
    with step("Flower"):
        checks.check_flower(site)
    with step("The journey"):
        people = checks.check_journey(site)
    with step("An instance dies"):
        checks.check_outage(site, people)
    with step("The Deployments of Kubernetes"):
        check_deployments(site, people)
    with step("A release under load"):
        checks.check_release(site, people)


if __name__ == "__main__":
    sys.exit(main())
