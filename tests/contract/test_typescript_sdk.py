"""
The TypeScript SDK as a program uses it: its own tests, live and against a stub, its types, its package.

What it claims stands in `openapi/sdk/typescript/test`, in the language that it is used in.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.embedded.layout import ROOT
from tests.kit.client import PASSWORD, Client
from tests.kit.machines import Api, until

SDK = ROOT / "openapi" / "sdk" / "typescript"
TSC = SDK / "node_modules" / ".bin" / "tsc"
# Node and npm come with this environment, whatever the caller's PATH says.
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(live_api):
    return live_api


@pytest.fixture(scope="session")
def packed(tmp_path_factory) -> Path:
    """Return a folder with the package alone; to pack it is to build it first."""
    if not TSC.exists():
        _run("npm", "ci", "--ignore-scripts")
    folder: Path = tmp_path_factory.mktemp("installed")
    _run("npm", "pack", "--pack-destination", str(folder))
    return folder


@pytest.fixture(scope="session")
def built(packed: Path) -> Path:
    """Return the SDK's folder, with what it is built by and what is built."""
    return SDK


@pytest.fixture(scope="session")
def installed(packed: Path) -> Path:
    """Return a folder which was empty before the packed SDK was installed in it, as its users do."""
    [package] = packed.glob("*.tgz")
    _run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", f"./{package.name}", folder=packed)
    return packed


@pytest.fixture
def revived(stack) -> Iterator[Api]:
    """A process that holds sockets, and is there again when somebody has killed it."""
    realtime = stack.run_realtime()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            if not realtime.is_running:
                realtime.start()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    yield realtime
    done.set()
    watching.join()


class TestBanyan:
    def test_does_with_a_live_api_what_it_says(self, api, built):
        _hold(built / "test" / "live.test.ts", BANYAN_URL=api.url, BANYAN_PASSWORD=PASSWORD)

    def test_signs_in_step_by_step(self, built):
        _hold(built / "test" / "signing-in.test.ts")

    def test_repeats_what_fails_in_passing_and_does_nothing_twice(self, built):
        _hold(built / "test" / "retries.test.ts")

    def test_bears_what_a_newer_api_a_proxy_or_a_thief_answers(self, built):
        _hold(built / "test" / "answers.test.ts")

    def test_renews_tokens_that_end(self, built):
        _hold(built / "test" / "oauth.test.ts")

    def test_uploads_by_a_form_with_progress_and_says_what_went_wrong(self, built):
        _hold(built / "test" / "uploads.test.ts")

    def test_hears_every_event_once_whatever_becomes_of_the_process_that_tells(self, api, built, revived):
        _hold(
            built / "test" / "events.test.ts",
            BANYAN_URL=api.url,
            BANYAN_PASSWORD=PASSWORD,
            BANYAN_SOCKETS=f"{revived.url.replace('http', 'ws', 1)}/v1/realtime",
            BANYAN_SOCKETS_PID=str(revived.pid),
        )

    def test_leaves_no_test_out(self):
        held = re.findall(r'"([\w-]+\.test\.ts)"', Path(__file__).read_text())

        assert sorted(held) == sorted(file.name for file in SDK.glob("test/*.test.ts"))


@pytest.fixture
def pages(installed) -> Iterator[str]:
    """Serve the folder where the SDK is installed, as an app's own server would; return its origin."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(installed))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestBrowser:
    def test_runs_its_readme_in_a_page_of_another_origin(self, stack, delivering, installed, pages, tab):
        api = stack.run_api(BANYAN_CORS_ORIGINS=pages)
        _write_post(api.url)
        (installed / "hello.html").write_text(_page(api.url))
        said: list[str] = []
        faults: list[str] = []
        tab.on("console", lambda line: said.append(line.text))
        tab.on("pageerror", lambda fault: faults.append(str(fault)))

        tab.goto(f"{pages}/hello.html")
        # The program's last post may be in its home by then, or not yet.
        until(lambda: faults or (tab.evaluate("window.done") and said))

        assert not faults
        assert {line.split(maxsplit=1)[1] for line in said} - {"ada Hello, forest"} == {"ada Before"}


class TestPackage:
    def test_runs_its_readme_where_it_is_installed(self, api, installed):
        _write_post(api.url)
        (installed / "hello.mjs").write_text(_readme().replace("http://localhost:8000", api.url))

        printed = _run("node", "hello.mjs", folder=installed)

        told = {line.split(maxsplit=1)[1] for line in printed.splitlines()}
        assert told - {"ada Hello, forest"} == {"ada Before"}

    def test_holds_nothing_but_what_runs_and_has_one_dependency(self, installed):
        modules = installed / "node_modules"

        held = {path.name for path in (modules / "@banyan" / "client").iterdir()}
        needed = {path.name for path in modules.iterdir() if path.name[0] not in ".@"}

        assert held == {"README.md", "dist", "package.json"}
        assert needed == {"openapi-fetch", "openapi-typescript-helpers"}

    def test_tells_programs_its_types(self, installed):
        (installed / "right.mts").write_text(_readme())
        (installed / "wrong.mts").write_text(_readme().replace("post.text", "post.txt"))
        strictly = ("--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext")

        # Both at once: most of what the compiler does it does for the types of the contract.
        done = _try(str(TSC), *strictly, "right.mts", "wrong.mts", folder=installed)

        complaints = re.findall(r"^(.+)\(\d+,\d+\): error \w+: (.*)$", done.stdout, re.MULTILINE)
        assert [file for file, _ in complaints] == ["wrong.mts"], done.stdout + done.stderr
        assert "'txt' does not exist on type" in complaints[0][1]

    def test_is_strictly_typed(self, built):
        # The other half of `npm run check`, what compiles without Node's types, is what it is built by.
        _run(str(TSC), "--noEmit")

    def test_is_locked_to_no_registry(self):
        assert '"resolved"' not in (SDK / "package-lock.json").read_text()


def _run(*words: str, folder: Path = SDK, env: dict[str, str] | None = None) -> str:
    """Run a program with this environment's tools in its PATH; return what it printed."""
    done = _try(*words, folder=folder, env=env)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def _try(
    *words: str, folder: Path = SDK, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with this environment's tools in its PATH, whatever becomes of it."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    whole = {**os.environ, **(env or {}), "PATH": path}
    return subprocess.run(words, cwd=folder, env=whole, capture_output=True, text=True, check=False)


def _hold(file: Path, **env: str) -> None:
    """Run a file's tests, and see that each that it declares was passed."""
    declared = len(re.findall(r"^\s*test\(", file.read_text(), re.MULTILINE))

    printed = _run("node", "--test", "--test-reporter=tap", str(file), env=env)

    assert declared > 0
    assert re.findall(r"^# (tests|pass) (\d+)$", printed, re.MULTILINE) == [
        ("tests", str(declared)),
        ("pass", str(declared)),
    ]


def _write_post(url: str) -> None:
    """Sign up as the one whom the README's program is, and wait until a post is in her home."""
    ada = Client(url).sign_up("ada")
    assert ada.call("POST", "/v1/posts", {"text": "Before"}).status == 201
    until(lambda: ada.call("GET", "/v1/timelines/home").body["data"])


def _page(url: str) -> str:
    """Return a page which runs the README's program."""
    places = {
        "@banyan/client": "/node_modules/@banyan/client/dist/index.js",
        "openapi-fetch": "/node_modules/openapi-fetch/dist/index.mjs",
    }
    program = _readme().replace("http://localhost:8000", url)
    return f"""<!doctype html><link rel="icon" href="data:,">
        <script type="importmap">{json.dumps({"imports": places})}</script>
        <script type="module">{program}; window.done = true</script>"""


def _readme() -> str:
    """Return the README's program; the demo's password is another than the tests'."""
    match = re.search(r"```ts\n(.*?)```", (SDK / "README.md").read_text(), re.DOTALL)
    assert match is not None
    return match[1].replace("banyan-demo-2026", PASSWORD)
