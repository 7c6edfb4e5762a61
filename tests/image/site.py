"""A clean copy of the checkout, with an .env made from .env.example by the letter, and compose in it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.embedded.layout import ROOT
from deploy.embedded.ports import free_port
from tests.image.engine import Engine
from tests.image.shell import Failed, run

_COMMAND, _VARIABLE = re.compile(r"# \$ (.+)"), re.compile(r"([A-Z_]+)=(.*)")


@dataclass(frozen=True)
class Site:
    """Where compose runs, and where its nginx answers."""

    engine: Engine
    folder: Path
    https: int
    http: int
    flower: int

    @property
    def url(self) -> str:
        """The public address."""
        return f"https://localhost:{self.https}"

    @property
    def certificate(self) -> Path:
        """The certificate of nginx, which signs itself."""
        return self.folder / "certificates" / "fullchain.pem"

    def compose(self, *words: str, within: float = 600) -> str:
        """Return what a `docker compose` command says."""
        return self.engine.docker("compose", *words, cwd=self.folder, within=within)

    def run(self, *command: str, within: float = 600) -> str:
        """Return what a command of an operator says."""
        return run(*command, cwd=self.folder, env=self.engine.env, within=within)

    def states(self) -> dict[str, tuple[str, str]]:
        """Return state and health of each service."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        found: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return {one["Service"]: (one["State"], one["Health"]) for one in found}

    def variable(self, name: str) -> str:
        """Return what the .env says."""
        lines = (self.folder / ".env").read_text().splitlines()
        [value] = [line.partition("=")[2] for line in lines if line.partition("=")[0] == name]
        return value

    def change(self, **variables: str) -> None:
        """Change variables of the .env, as an operator does in an editor."""
        file = self.folder / ".env"
        kept = [line for line in file.read_text().splitlines() if line.partition("=")[0] not in variables]
        file.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in variables.items())]) + "\n")

    def add_migration(self) -> None:
        """Give the next release a migration of the posts, which people write meanwhile."""
        migrations = self.folder / "modules/posts/migrations"
        before = max(file.stem for file in migrations.glob("[0-9]*.py"))
        (migrations / f"{int(before[:4]) + 1:04}_next_release.py").write_text(
            _MIGRATION.format(before=before)
        )


# As docs/migrations.md asks of a release that the one before it must bear: a column with a default of the
# database's, and its index without a lock.
_MIGRATION = """from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("posts", "{before}")]
    operations = [
        migrations.AddField("post", "of_next_release", models.IntegerField(db_default=0)),
        AddIndexConcurrently("post", models.Index("of_next_release", name="posts_of_next_release")),
    ]
"""

# This run's requests come by way of a load balancer: people have addresses of their own.
_BALANCER = "set_real_ip_from 10.213.0.0/16; real_ip_header X-Forwarded-For; real_ip_recursive on;\n"


def lay(engine: Engine, folder: Path) -> Site:
    """Lay a site into an empty folder, on free ports of the loopback interface."""
    _copy_checkout(folder)
    _fill_in(folder)
    (folder / "deploy/nginx/local").mkdir()
    (folder / "deploy/nginx/local/balancer.conf").write_text(_BALANCER)
    site = Site(engine, folder, free_port(), free_port(), free_port())
    site.change(
        BANYAN_HTTPS=f"127.0.0.1:{site.https}",
        BANYAN_HTTP=f"127.0.0.1:{site.http}",
        BANYAN_FLOWER=f"127.0.0.1:{site.flower}",
        BANYAN_PUBLIC_URL=site.url,
        BANYAN_API_CPUS="1",
        # Fourteen containers start and stop on one small machine: what is claimed is that nothing is lost,
        # not how fast databases are meanwhile. With these an API bears slow ones longer before it says 503.
        BANYAN_DATABASE_WAIT_MS="10000",
        BANYAN_LOCK_TIMEOUT_MS="9000",
        BANYAN_WEB_THREADS="16",
    )
    return site


def _copy_checkout(folder: Path) -> None:
    """Copy what git knows or would add, and nothing that lies about."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _fill_in(folder: Path) -> None:
    """
    Write the .env: each variable that a command stands before gets what the command says.

    :raises Failed: if a variable stays empty
    """
    lines, command = [], ""
    for line in (folder / ".env.example").read_text().splitlines():
        if found := _COMMAND.fullmatch(line):
            command = found[1]
        elif (found := _VARIABLE.fullmatch(line)) and command:
            lines.append(f"{found[1]}={run('sh', '-c', command, cwd=folder).strip()}")
            command = ""
        else:
            lines.append(line)
    empty = [line for line in lines if _VARIABLE.fullmatch(line) and line.endswith("=")]
    if empty:
        raise Failed(f".env.example does not say how {empty} are filled in")
    (folder / ".env").write_text("\n".join(lines) + "\n")
