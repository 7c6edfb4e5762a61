"""`manage.py shards`: the map, the databases' state, their migrations, and whether they agree."""

import json
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db.utils import DatabaseError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sharding import catalog, direct, grants, migrating, seed, status
from sharding.conf import settings
from sharding.errors import InstanceUnavailable
from sharding.management import auditing


class Command(BaseCommand):
    """Show and migrate the databases of the system."""

    help = "Show the shard map and the databases, and migrate all of them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the four verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb, text in (
            ("map", "which instance owns which shards"),
            ("status", "what each database says"),
        ):
            verbs.add_parser(verb, help=text).add_argument("--json", action="store_true")
        migrate = verbs.add_parser("migrate", help="bring every database to the schema of the code")
        migrate.add_argument("--plan", action="store_true", help="print what would run, and run nothing")
        migrate.add_argument("--resume", action="store_true", help="continue where a run was interrupted")
        migrate.add_argument("--parallel", type=int, default=4, help="how many instances at once (4)")

        audit = verbs.add_parser("audit", help="whether what is written twice agrees; exits with 1 if not")
        auditing.add_arguments(audit)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except DatabaseError as error:  # away, or a role that may not
            raise CommandError(f"{status.explain(error)}.") from error

    def _map(self, options: dict[str, Any]) -> None:
        runs = status.describe_map()
        if options["json"]:
            self.stdout.write(json.dumps(runs))
            return
        for run in runs:
            shards = f"{run['first']}-{run['last']}"
            self.stdout.write(f"{shards:>11}  {run['instance']:<12} {run['state']:<10} epoch {run['epoch']}")

    def _status(self, options: dict[str, Any]) -> None:
        entries = status.describe_databases()
        if options["json"]:
            self.stdout.write(json.dumps(entries))
        else:
            for entry in entries:
                self.stdout.write(_status_line(entry))
        if not all(entry["is_well"] for entry in entries):
            sys.exit(1)

    def _audit(self, options: dict[str, Any]) -> None:
        results = auditing.run(options, self.stdout)
        if options["json"]:
            self.stdout.write(json.dumps(results))
        if not all(map(auditing.is_well, results)):
            sys.exit(1)

    def _migrate(self, options: dict[str, Any]) -> None:
        direct.bypass_pooler()
        try:
            for alias in migrating.aliases():
                direct.prove_session(alias)
        except ImproperlyConfigured as refusal:
            raise CommandError(str(refusal)) from None
        wanted = migrating.digest()
        stages = {alias: migrating.stage_of(alias, wanted) for alias in migrating.aliases()}
        if options["plan"]:
            self._print_plan(stages)
            return
        interrupted = [alias for alias, stage in stages.items() if stage == migrating.INTERRUPTED]
        if interrupted and not options["resume"]:
            raise CommandError(f"A run was interrupted on {', '.join(interrupted)}; look, then --resume.")
        self._refuse_drift(_list_changes(stages))
        behind = [alias for alias, stage in stages.items() if stage != migrating.CURRENT]
        if behind:
            self._migrate_all(behind, wanted, options["parallel"])
        if seed.seed_map():
            self.stdout.write(f"Laid 4096 shards over {', '.join(settings().instances)}.")
        self._refuse_drift(migrating.list_drift())
        self._grant(list(stages))
        self.stdout.write(f"{len(stages)} databases are current ({len(behind)} migrated).")

    def _print_plan(self, stages: dict[str, str]) -> None:
        for alias, stage in stages.items():
            pending = migrating.list_pending(alias) if stage != migrating.CURRENT else []
            self.stdout.write(f"{alias}: {stage}" + "".join(f"\n    {name}" for name in pending))

    def _migrate_all(self, behind: list[str], wanted: str, parallel: int) -> None:
        """Migrate the directory first, since the map is there, then the instances side by side."""
        with self._progress() as report:
            directory = [alias for alias in behind if alias == settings().directory]
            failed = self._migrate_some(directory, wanted, 1, report)
            if not failed:
                instances = [alias for alias in behind if alias not in directory]
                failed = self._migrate_some(instances, wanted, parallel, report)
        if failed:
            lines = "\n".join(f"{alias}: {error}" for alias, error in failed.items())
            raise CommandError(f"Not migrated, to continue with --resume:\n{lines}")

    def _migrate_some(
        self, names: list[str], wanted: str, parallel: int, report: migrating.Report
    ) -> dict[str, str]:
        """Return what failed; a failure of one instance leaves the others to finish."""
        failed: dict[str, str] = {}

        def migrate(alias: str) -> None:
            try:
                migrating.migrate_database(alias, wanted, report)
            except (DatabaseError, InstanceUnavailable) as error:
                failed[alias] = status.explain(error)

        if names:
            with ThreadPoolExecutor(max(1, min(parallel, len(names)))) as pool:
                list(pool.map(migrate, names))
        return failed

    def _grant(self, names: list[str]) -> None:
        """Give the roles of processes what they need, on tables of earlier runs as well."""
        roles = settings().roles
        for alias in names if roles.api or roles.relay else []:
            try:
                grants.grant(alias, roles)
            except DatabaseError as error:
                hint = "BANYAN_API_ROLE and BANYAN_RELAY_ROLE name roles that exist there"
                raise CommandError(f"{alias}: {status.explain(error)}; {hint}.") from error

    def _refuse_drift(self, drift: dict[str, list[str]]) -> None:
        if drift:
            lines = [f"{alias}: {line}" for alias, found in drift.items() for line in found]
            raise CommandError("Drift: not what the migrations made.\n" + "\n".join(lines))

    @contextmanager
    def _progress(self) -> Iterator[migrating.Report]:
        """Give a function that shows progress: bars on a terminal, a line for each migration elsewhere."""
        if not self.stdout.isatty():
            yield self._print_progress
            return
        columns = (
            TextColumn("{task.fields[alias]:>12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns) as bars:
            tasks: dict[str, Any] = {}
            lock = threading.Lock()

            def report(alias: str, done: int, total: int, name: str) -> None:
                with lock:
                    task = tasks.get(alias)
                    if task is None:
                        task = tasks[alias] = bars.add_task(name, total=total, alias=alias)
                    bars.update(task, completed=done, description=name)

            yield report

    def _print_progress(self, alias: str, done: int, total: int, name: str) -> None:
        self.stdout.write(f"{alias}: {done}/{total} {name}")


def _list_changes(stages: dict[str, str]) -> dict[str, list[str]]:
    """Return what was done to databases by hand; a run that broke off wrote nothing down to compare with."""
    left = [alias for alias, stage in stages.items() if stage in (migrating.CURRENT, migrating.BEHIND)]
    return {alias: changes for alias in left if (changes := catalog.read(alias).list_changes())}


def _status_line(entry: dict[str, Any]) -> str:
    mark = "ok " if entry["is_well"] else "BAD"
    facts = [
        f"{key}={value}"
        for key, value in entry.items()
        if key not in ("alias", "role", "is_well", "is_reachable")
    ]
    return f"{mark} {entry['alias']:<14} {entry['role']:<10} {' '.join(facts)}"
