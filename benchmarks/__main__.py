"""`python -m benchmarks`: what `make bench` runs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from rich.console import Console

from benchmarks.inside import SETTINGS, begin
from config.env import ROOT
from deploy.embedded.throwaway import Throwaway, throwaway_stack

USERS = 2000


def arguments() -> Namespace:
    """Return what was asked for on the command line."""
    parser = ArgumentParser(prog="python -m benchmarks", description="Measure Banyan beside its floors.")
    parser.add_argument("--users", type=int, help=f"only the N most followed (generated: {USERS})")
    parser.add_argument("--follows", type=Path, help="follower<TAB>followee lines, gzipped; else generated")
    parser.add_argument("--texts", type=Path, help="one text a line, gzipped UTF-8; else generated")
    parser.add_argument("--posts", type=int, help="so many past posts in all (four of everybody)")
    parser.add_argument(
        "--without-limits", action="store_true", help="count no requests, as figures before this did"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each sample takes (2)")
    parser.add_argument("--rounds", type=int, default=3, help="samples of each row (3)")
    parser.add_argument("--json", action="store_true", help="print every round as JSON")
    parser.add_argument("--only", default="", help="names of rows, separated by commas")
    return parser.parse_args()


def main() -> None:
    """Boot a stack, load it, measure, print, leave nothing behind."""
    asked = arguments()
    console = Console(stderr=True)
    console.print("Starting directory, two instances, a replica and Redis")
    limits = "off" if asked.without_limits else "on"
    with throwaway_stack(migrate=migrate) as stack:
        os.environ.update(stack.env, BANYAN_LOG_LEVEL="ERROR", BANYAN_LIMITS=limits)
        begin()
        _measure(stack, asked, console)


def _measure(stack: Throwaway, asked: Namespace, console: Console) -> None:
    # Models can be imported only now that Django knows its servers.
    from benchmarks import bench, machine, report, world
    from benchmarks.under_measure import under_measure
    from deploy.demo.source import read

    only = frozenset(filter(None, asked.only.split(",")))
    if unknown := only - set(bench.names()):
        sys.exit(f"--only: there is no {', '.join(sorted(unknown))}; there are {', '.join(bench.names())}.")
    facts = machine.facts(stack)
    source = (
        read(asked.follows, asked.texts, asked.users)
        if asked.follows
        else world.generate(asked.users or USERS)
    )
    people = world.populate(source, asked.posts, console)
    facts |= people.facts | {"rounds": asked.rounds, "seconds_a_sample": asked.seconds}
    facts["limits"] = os.environ["BANYAN_LIMITS"]
    with under_measure(stack) as measured:
        rows = bench.run(measured, people, bench.Plan(asked.seconds, asked.rounds, only), console)
    command = f"python -m benchmarks {shlex.join(sys.argv[1:])}".strip()
    if asked.json:
        print(report.as_json(command, facts, rows))
    else:
        report.show(Console(), command, facts, rows)
    if any(row.failures for row in rows):
        sys.exit(1)


def migrate(env: dict[str, str]) -> None:
    """Bring every database of a stack to the schema of the code."""
    full = {**os.environ, **env, "DJANGO_SETTINGS_MODULE": SETTINGS}
    command = [sys.executable, "manage.py", "shards", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=full, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Migrating failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
