"""No log of any process holds what somebody held in their hands when it failed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from celery import current_app

from deploy.embedded.applications import Applications
from deploy.embedded.layout import ROOT, throwaway_layout
from deploy.embedded.ports import listen, port_of
from deploy.embedded.process import Process
from deploy.embedded.program import Program
from tests.kit.machines import until

PASSWORD = "hunter2-was-here"
FAILING = "tests.stack.failing"
HEADING = "──"
WAYS = ("caught", "foreign", "thread", "database", "pydantic", "uncaught")
FORMATS = ("human", "json")


@pytest.fixture(scope="module", params=FORMATS)
def told(request, machines_of_module) -> dict[str, str]:
    """What a process that fails in every way writes of each; the last it does not catch."""
    done = subprocess.run(
        [sys.executable, "-m", FAILING, *WAYS],
        cwd=ROOT,
        env={**os.environ, **machines_of_module.env, "BANYAN_LOG_FORMAT": request.param},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    told = dict(part.split("\n", 1) for part in done.stdout.split(f"{HEADING} ")[1:])
    assert list(told) == [*WAYS], done.stdout
    return told


class TestAFailure:
    @pytest.mark.parametrize("how", ["caught", "foreign", "uncaught", "thread"])
    def test_is_told_with_its_line_and_without_its_values(self, told, how):
        assert PASSWORD not in told[how]
        assert "ValueError" in told[how]
        assert "which led to" in told[how]
        assert "RuntimeError" in told[how]
        assert "tests/stack/failing.py" in told[how]
        assert "int(password)" in told[how]

    def test_of_a_statement_is_told_by_its_code(self, told):
        assert PASSWORD not in told["database"]
        assert "DataError: SQLSTATE 22P02" in told["database"]

    def test_of_input_is_told_by_its_kind(self, told):
        assert PASSWORD not in told["pydantic"]
        assert "ValidationError: int_parsing" in told["pydantic"]


class TestAWorker:
    @pytest.mark.parametrize("log_format", FORMATS)
    def test_tells_of_a_task_without_its_values(self, stack, log_format):
        def failing(program: Program) -> Program:
            return replace(program, argv=[word.replace("config.celery", FAILING) for word in program.argv])

        worker = stack.run_worker(failing, BANYAN_LOG_FORMAT=log_format)
        current_app.send_task("tests.fail", args=[PASSWORD], queue="default")
        until(lambda: "RuntimeError" in worker.output() and "tests/stack/failing.py" in worker.output())

        assert PASSWORD not in worker.output()


class TestGunicorn:
    def test_tells_of_a_request_without_its_values(self, stack, tmp_path):
        with listen() as held:
            api = Applications(stack.env, tmp_path / "beat").api(held)
            program = replace(api, argv=[*api.argv[:-1], f"{FAILING}:wsgi"])
            process = Process(program, tmp_path / "api.log")
            process.start()
            try:
                with pytest.raises(urllib.error.HTTPError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port_of(held)}/?{PASSWORD}", timeout=10)
                until(lambda: "RuntimeError" in process.output())
            finally:
                process.stop()

        assert PASSWORD not in process.output()
        assert "tests/stack/failing.py" in process.output()


class TestTheFolder:
    def test_is_closed_to_others_and_so_is_what_an_earlier_version_left_open(self, tmp_path):
        layout = throwaway_layout()
        layout.mails.mkdir()
        mail = layout.mails / "1.log"
        mail.write_text("a code")
        mail.chmod(0o644)
        layout.mails.chmod(0o755)

        layout.make()

        assert [mode(path) for path in (layout.logs, layout.mails, layout.state, layout.records)] == [
            0o700
        ] * 4
        assert mode(mail) == 0o600
        assert mode(layout.home) == (0o711 if layout.account.switches else 0o700)
        assert mode(layout.data) == 0o700
        assert layout.data.stat().st_uid == layout.account.uid


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
