"""One throwaway stack for each process that runs tests; the fixtures that give it to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import django
import pytest
from pytest_django import DjangoDbBlocker
from xdist.workermanage import WorkerController

from config.startup import pause_collector, resume_collector
from tests.kit.boot import Boot

# At import, not in a hook: conftest files further down import models.
_boot = Boot()
_boot.plan()
django.setup()
# Thousands of tests are made next, which stay.
pause_collector()

from deploy.embedded.throwaway import Throwaway  # noqa: E402
from tests.kit.canaries import find_in_logs  # noqa: E402
from tests.kit.longest import LONGEST  # noqa: E402
from tests.kit.machines import Api, Deliverers, IdleApis, Machines, until  # noqa: E402
from tests.kit.wipe import Wiper  # noqa: E402

_LEAKS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the stack, but not where pytest-xdist only hands out tests to other processes."""
    config.stash[_LEAKS] = []
    if _runs_tests(config):
        _boot.begin()
    else:
        _boot.withdraw()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_collection_finish() -> None:
    """Collect garbage again, but never look through all tests for it."""
    resume_collector()


@pytest.fixture(scope="session")
def stack_of_run() -> Throwaway:
    """The servers of this run, started and migrated."""
    return _boot.wait()


@pytest.fixture(scope="session")
def idle_apis(stack_of_run: Throwaway) -> Iterator[IdleApis]:
    """APIs that tests leave to each other."""
    apis = IdleApis()
    yield apis
    apis.close()


@pytest.fixture(scope="session")
def make_machines(stack_of_run: Throwaway, idle_apis: IdleApis) -> Callable[[], Machines]:
    """How processes are run; a folder whose processes go another way has one of its own."""
    return lambda: Machines(stack_of_run, idle_apis)


@pytest.fixture
def stack(make_machines: Callable[[], Machines], django_db_blocker: DjangoDbBlocker) -> Iterator[Machines]:
    """Servers to kill and start, and real processes to run; all put right after the test."""
    machines = make_machines()
    yield machines
    with django_db_blocker.unblock():
        machines.restore()


@pytest.fixture(scope="module")
def machines_of_module(make_machines: Callable[[], Machines], wiper: Wiper) -> Iterator[Machines]:
    """Processes that serve all tests of a module; `stack` would start them anew for each."""
    machines = make_machines()
    yield machines
    machines.restore()
    # What they wrote outside of a test that opens the databases itself.
    wiper.wipe()


@pytest.fixture(scope="module")
def deliverers(machines_of_module: Machines) -> Deliverers:
    """A relay and a worker for all tests of a module: each takes seconds of a core to start."""
    return Deliverers(machines_of_module)


@pytest.fixture(scope="module")
def api_of_module(machines_of_module: Machines) -> Api:
    """One API for all tests of a module."""
    return machines_of_module.run_api()


@pytest.fixture
def delivering(db: None, machines_of_module: Machines, deliverers: Deliverers) -> Iterator[Deliverers]:
    """Have a relay and a worker deliver; what the test left undelivered reaches no other."""
    deliverers.restore()
    yield deliverers
    deliverers.restore()
    until(machines_of_module.outbox_is_empty)


@pytest.fixture
def live_api(api_of_module: Api, delivering: Deliverers) -> Api:
    """The API of the module, whose news is delivered."""
    return api_of_module


@pytest.fixture(scope="session")
def wiper(stack_of_run: Throwaway) -> Iterator[Wiper]:
    """Made before the first test writes, so that it knows a fresh database."""
    wiper = Wiper(stack_of_run)
    yield wiper
    wiper.close()


@pytest.fixture(scope="session")
def django_db_setup(wiper: Wiper, django_test_environment: None) -> None:
    """Use the databases as they are; pytest-django would create others beside them."""


@pytest.fixture
def _django_db_helper(
    request: pytest.FixtureRequest, django_db_setup: None, wiper: Wiper, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What `db` and `@pytest.mark.django_db` do: open every database, let the test commit, wipe it after."""
    if "stack" in request.fixturenames:
        # Torn down after this fixture otherwise, with servers still dead and processes still writing.
        request.getfixturevalue("stack")
    with django_db_blocker.unblock():
        yield
        if "stack" in request.fixturenames:
            request.getfixturevalue("stack").restore()
        wiper.wipe()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if any process of it logged what must not be in a log."""
    leaks = session.config.stash[_LEAKS]
    if _runs_tests(session.config):
        leaks += find_in_logs(_boot.stack.layout.logs)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["leaks"] = leaks
    elif leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Collect what a process of pytest-xdist found."""
    node.config.stash[_LEAKS] += getattr(node, "workeroutput", {}).get("leaks", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was found."""
    for line in config.stash[_LEAKS]:
        terminalreporter.write_line(f"A log holds what it must not: {line}", red=True)


def pytest_unconfigure() -> None:
    _boot.end()


def _runs_tests(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput") or not config.getoption("numprocesses", None)
