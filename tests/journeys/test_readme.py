"""What the documents show, run as printed."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from config.env import ROOT
from modules.accounts.schemas import APP_SCOPES

pytestmark = pytest.mark.django_db

needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the tours are curl lines, and there is no curl here"
)


def block_of(text: str) -> str:
    """Return the first block of shell in a text."""
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert block is not None
    return block.group(1)


def run(script: str, url: str) -> list[Any]:
    """Run a script as printed, against another address, and return what its lines of output are in JSON."""
    script = script.replace("$(make --silent url)", url)
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line]


@pytest.fixture
def url(live_api) -> str:
    return str(live_api.url)


@needs_curl
class TestTour:
    def test_of_the_readme_does_what_it_says(self, url):
        chapter = (ROOT / "README.md").read_text().split("## A tour with curl")[1]

        # Pasted a second time into the same shell.
        told = run(block_of(chapter) * 2, url)

        assert len(told) == 18
        for lines in (told[:9], told[9:]):
            self.check(*lines)

    def check(self, *lines: Any) -> None:
        edge, post, again, home, reply, discussed, block, afterwards, mistakes = lines
        assert edge["following"] is True
        assert again == post
        assert [card["id"] for card in home["data"]] == [post["id"]]
        assert reply["reply_to"]["post_id"] == post["id"]
        assert [card["id"] for card in discussed["data"]] == [post["id"]]
        assert discussed["state"][post["id"]] == {
            "counts": {"replies": 1, "reposts": 0, "quotes": 0, "reactions": {"like": 1}},
            "mine": {"reactions": ["like"], "is_bookmarked": False},
        }
        assert (block["blocking"], block["following"], block["followed_by"]) == (True, False, False)
        assert [card["id"] for card in afterwards["data"]] == [reply["id"]]
        assert mistakes["status"] == 400
        assert {error["pointer"] for error in mistakes["errors"]} == {"/text", "/color"}

    def test_of_services_does_what_it_says(self, url):
        chapter = (ROOT / "docs" / "identity.md").read_text().split("## Services")[1]

        post, audit = run(block_of(chapter) * 2, url)[-2:]

        assert post["text"] == "By night"
        assert [(deed["action"], deed["user_id"]) for deed in audit["data"]][:1] == [
            ("request", post["author_id"])
        ]

    def test_of_apps_goes_from_registering_to_renewed_tokens(self, url):
        chapter = (ROOT / "docs" / "identity.md").read_text().split("## Apps of third parties")[1]

        who, renewed = run(block_of(chapter) * 2, url)[-2:]

        assert who["preferred_username"].startswith("dev_")
        assert sorted(renewed["scope"].split()) == ["openid", "profile", "read:profiles"]
        assert {"access_token", "refresh_token", "id_token"} <= renewed.keys()


class TestIdentity:
    def test_names_the_scopes_that_exist_and_no_others(self):
        chapter = (ROOT / "docs" / "identity.md").read_text().split("## Apps of third parties")[1]
        rows = re.findall(r"^\| (`.*?) \|", chapter.split("```sh")[0], re.MULTILINE)

        assert sorted(re.findall("`(.*?)`", " ".join(rows))) == sorted(APP_SCOPES)


class TestSdks:
    @pytest.mark.parametrize(
        ("sdk", "language", "count"),
        [("python", "python", 3), ("typescript", "ts", 2), ("typescript", "js", 1)],
    )
    def test_are_shown_by_the_programs_that_their_tests_run(self, sdk, language, count):
        """`make contract` runs the programs of each SDK's own README; this one shows the same."""
        block = re.compile(rf"```{language}\n.*?```", re.DOTALL)
        own = block.findall((ROOT / "openapi" / "sdk" / sdk / "README.md").read_text())

        assert block.findall((ROOT / "README.md").read_text()) == own
        assert len(own) == count
