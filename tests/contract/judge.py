"""
Lets schemathesis ask a live API, in every role, for what the contract does not promise.

`python -m tests.contract.judge --seconds 20`: a throwaway stack, real processes, each role for so long.
"""

from __future__ import annotations

import argparse
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django

from deploy.embedded.layout import ROOT
from tests.kit.boot import Boot

if TYPE_CHECKING:
    from tests.contract.roles import Role

ROLES = ("anonymous", "user", "app", "service")
# They end the session that asks, and the rest of the run would be refused. The anonymous role asks them too.
ENDING = ("auth_end_session", "auth_post_account_password_change", "end_session", "delete_me")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a role found."""

    role: str
    passed: bool
    summary: str


def main() -> int:
    """Run the roles asked for against one stack; return what to exit with."""
    words = parse()
    boot = Boot()
    boot.plan()
    boot.begin()
    try:
        django.setup()
        boot.wait()
        return judge(boot, words)
    finally:
        boot.end()


def parse() -> argparse.Namespace:
    """Return what was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20, help="for each role")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of all that is random")
    parser.add_argument("--role", action="append", choices=ROLES, help="only this one; may be repeated")
    return parser.parse_args()


def judge(boot: Boot, words: argparse.Namespace) -> int:
    """Ask a running API in each role, and print what was found."""
    from tests.contract.roles import make_people, make_role
    from tests.kit.machines import IdleApis, Machines, until

    idle = IdleApis()
    machines = Machines(boot.stack, idle)
    try:
        api = machines.run_api(BANYAN_LIMITS="off")
        machines.run_relay()
        machines.run_worker()
        [person, *_] = make_people()
        until(machines.outbox_is_empty)
        verdicts = [ask(make_role(name, person), api.url, words) for name in words.role or ROLES]
    finally:
        machines.restore()
        idle.close()
    tell(verdicts, words.seed)
    return int(not all(verdict.passed for verdict in verdicts))


def ask(role: Role, url: str, words: argparse.Namespace) -> Verdict:
    """Let schemathesis ask as one role; what it says goes to the console as it comes."""
    print(f"\n── {role.name}: {words.seconds} s, seed {words.seed}", flush=True)
    said = []
    with subprocess.Popen(command(role, url, words), cwd=ROOT, stdout=subprocess.PIPE, text=True) as asking:
        for line in asking.stdout or ():
            print(line, end="", flush=True)
            said.append(line)
    [*_, summary] = ["nothing was asked", *re.findall(r"^=+ (.+) =+$", "".join(said), re.MULTILINE)]
    return Verdict(role.name, asking.returncode == 0, summary)


def command(role: Role, url: str, words: argparse.Namespace) -> list[str]:
    """Return the command line of schemathesis for one role."""
    headers = [part for name, value in role.headers.items() for part in ("--header", f"{name}: {value}")]
    kept = [part for name in ENDING if role.headers for part in ("--exclude-operation-id", name)]
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", "openapi/schemathesis.toml"),
        *("run", "openapi/banyan.yaml", "--url", url),
        *("--max-time", str(words.seconds), "--seed", str(words.seed)),
        *headers,
        *kept,
    ]


def tell(verdicts: list[Verdict], seed: int) -> None:
    """Print one line a role."""
    print(f"\nseed {seed}")
    for verdict in verdicts:
        print(f"{verdict.role:<10} {'passed' if verdict.passed else 'FAILED':<7} {verdict.summary}")


if __name__ == "__main__":
    sys.exit(main())
