"""The verb `shards audit`: both sides of what is written twice compared, and put right from the authority."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from celery import current_app
from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from sharding import audits, status
from sharding.audits import Audit, Difference
from sharding.errors import InstanceUnavailable


class Writer(Protocol):
    """Where lines go."""

    def write(self, line: str) -> object:
        """Write one."""


@dataclass
class _Result:
    """What one audit found."""

    audit: Audit
    owners: int = 0
    differences: list[Difference] = field(default_factory=list)
    repaired: int = 0
    # Why it could not go on: a database is away.
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for machines; `error` is there where it could not go on."""
        return {
            "audit": self.audit.name,
            "owners": self.owners,
            "differences": [audits.describe(self.audit, each) for each in self.differences],
            "repaired": self.repaired,
            **({} if self.error is None else {"error": self.error}),
        }


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("--only", action="append", metavar="AUDIT", help="one audit; may be given again")
    parser.add_argument("--sample", type=int, metavar="N", help="N owners of each, chosen at random (all)")
    parser.add_argument("--repair", action="store_true", help="mend what differs; without it nothing changes")
    parser.add_argument("--json", action="store_true", help="print it for machines")


def run(options: dict[str, Any], out: Writer) -> list[dict[str, Any]]:
    """
    Compare, print what differs as it is found, repair if that is asked for; return a result for each audit.

    Nothing is repaired before all is compared: news of one repair would hide what else differs of its owner.

    :raises CommandError: for an audit that there is not
    """
    chosen = _chosen(options["only"])
    with _progress(hidden=options["json"]) as report:
        results = [_compare(audit, options, out, report) for audit in chosen]
    if options["repair"]:
        for result in results:
            _repair(result)
    if not options["json"]:
        for result in results:
            out.write(_summary(result))
    return [result.to_json() for result in results]


def is_well(result: dict[str, Any]) -> bool:
    """Return whether all was looked at, and nothing differs or all that did is mended."""
    return "error" not in result and len(result["differences"]) == result["repaired"]


def _repair(result: _Result) -> None:
    try:
        result.repaired = result.audit.repair(result.differences) if result.differences else 0
    except (InstanceUnavailable, audits.CannotAudit) as error:
        result.error = status.explain(error)


def _compare(audit: Audit, options: dict[str, Any], out: Writer, report: Any) -> _Result:
    """Return what one audit found, as far as it came: others may need no database that is away."""
    result = _Result(audit)
    try:
        _look(result, options, out, report)
    except (InstanceUnavailable, audits.CannotAudit) as error:
        result.error = status.explain(error)
    return result


def _look(result: _Result, options: dict[str, Any], out: Writer, report: Any) -> None:
    audit = result.audit
    for owner_ids in audits.batches(audit, options["sample"]):
        result.owners += len(owner_ids)
        report(audit.name, result.owners)
        found = audits.find_differences(audit, owner_ids)
        result.differences += found
        if not options["json"]:
            for each in found:
                out.write(_line(audit, each))


def _chosen(names: list[str] | None) -> list[Audit]:
    # Contexts register theirs beside the subscribers whose work they check.
    current_app.loader.import_default_modules()
    known = {audit.name: audit for audit in audits.registered()}
    if unknown := [name for name in names or [] if name not in known]:
        raise CommandError(f"There is no audit {unknown[0]!r}: it is one of {', '.join(known)}.")
    return [known[name] for name in names or known]


def _line(audit: Audit, difference: Difference) -> str:
    known = " ".join(map(str, difference.known))
    other = f" and {difference.other_id}" if difference.other_id else ""
    return f"    {audit.name}: {difference.kind}: {difference.owner_id}{other}" + (
        f" ({known})" if known else ""
    )


def _summary(result: _Result) -> str:
    mark = "ok " if is_well(result.to_json()) else "BAD"
    kinds = Counter(each.kind for each in result.differences)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "no difference"
    repaired = f", {result.repaired} repaired" if result.repaired else ""
    broken = f"; it could not go on: {result.error}" if result.error else ""
    return f"{mark} {result.audit.name:<20} {result.owners} owners, {said}{repaired}{broken}"


@contextmanager
def _progress(*, hidden: bool) -> Iterator[Any]:
    """Show how far it is, on a terminal only and not between the lines of a result."""
    console = Console(stderr=True)
    if hidden or not console.is_terminal:
        yield lambda name, owners: None
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda name, owners: bars.update(task, description=name, completed=owners)
