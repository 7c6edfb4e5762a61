"""The README's tour, run as printed."""

import json
import re
import shutil
import subprocess

import pytest

from config.env import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        shutil.which("curl") is None, reason="the tour is curl lines, and there is no curl here"
    ),
]


def tour() -> str:
    chapter = (ROOT / "README.md").read_text().split("## A tour with curl")[1]
    block = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert block is not None
    return block.group(1)


class TestTour:
    def test_does_what_it_says(self, stack):
        stack.run_relay()
        stack.run_worker()
        api = stack.run_api()
        script = tour().replace("http://localhost:8000", api.url)
        # Every answer on a line of its own; the script itself is as printed.
        script = 'curl() { command curl "$@"; echo; }\n' + script

        done = subprocess.run(
            ["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=60, check=True
        )

        edge, post, again, home, mistakes = [json.loads(line) for line in done.stdout.splitlines() if line]
        assert edge["following"] is True
        assert again == post
        assert [card["id"] for card in home["data"]] == [post["id"]]
        assert mistakes["status"] == 400
        assert {fault["pointer"] for fault in mistakes["errors"]} == {"/text", "/color"}


class TestSdks:
    @pytest.mark.parametrize(("sdk", "language"), [("python", "python"), ("typescript", "ts")])
    def test_are_shown_by_the_programs_that_their_tests_run(self, sdk, language):
        """`make contract` runs the program of each SDK's own README; this one shows the same."""
        block = re.compile(rf"```{language}\n.*?```", re.DOTALL)
        [own] = block.findall((ROOT / "openapi" / "sdk" / sdk / "README.md").read_text())

        assert block.findall((ROOT / "README.md").read_text()) == [own]
