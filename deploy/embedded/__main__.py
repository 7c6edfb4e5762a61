"""`python -m deploy.embedded up|down|url|reset|logs|mail|psql`; `make` calls it, and it needs no Django."""

from __future__ import annotations

import argparse
import os
import sys

from deploy.embedded import commands
from deploy.embedded.errors import StackError
from deploy.embedded.logs import logs
from deploy.embedded.mail import mail


def main(words: list[str]) -> int:
    """Do what the words ask and return the exit status."""
    asked = _parser().parse_args(words)
    try:
        return _run(asked)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read has seen enough (`make mail | head`); Python would complain once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(asked: argparse.Namespace) -> int:
    match asked.command:
        case "up":
            return commands.up()
        case "down":
            return commands.down()
        case "url":
            return commands.url()
        case "reset":
            return commands.reset(is_forced=asked.force, is_rehearsal=asked.dry_run)
        case "mail":
            return mail(count=asked.count)
        case "logs":
            return logs(asked.names, count=asked.lines, is_followed=not asked.no_follow)
        case _:
            return commands.psql(asked.instance, asked.rest)


def _count(text: str) -> int:
    """Read how many lines or mails are asked for."""
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 9):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of them")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run everything until Ctrl-C")
    commands.add_parser("down", help="stop it from another terminal")
    commands.add_parser("url", help="print where the API answers")
    reset = commands.add_parser("reset", help="stop it and delete its data")
    reset.add_argument("--force", action="store_true", help="do not ask")
    reset.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    log = commands.add_parser("logs", help="follow the logs")
    log.add_argument("names", nargs="*", help="only these processes")
    log.add_argument("-n", "--lines", type=_count, default=20, help="how many earlier lines of each")
    log.add_argument("--no-follow", action="store_true", help="print and leave")
    mails = commands.add_parser("mail", help="print the newest mails that were sent")
    mails.add_argument("-n", "--count", type=_count, default=1, help="how many")
    psql = commands.add_parser("psql", help="open psql on a server")
    psql.add_argument("instance", nargs="?", default="a")
    psql.add_argument("rest", nargs=argparse.REMAINDER, help="arguments for psql")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
