"""
A photo from clients to a post, on both storages: by a page of another origin, and by both SDKs.

Each deployment is started once and used by everybody; what each saw is then looked at, test by test.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from deploy.embedded.layout import ROOT
from tests.contract.browsers import TIMEOUT
from tests.kit.client import Client
from tests.kit.machines import Api, Machines, until
from tests.kit.meters import Meter, metered
from tests.kit.storages import ACCESS_KEY, BUCKET, SECRET_KEY, run_bucket

# Two deployments are started by the first test.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

SDKS = ROOT / "openapi" / "sdk"
TYPESCRIPT = SDKS / "typescript"
BIN = Path(sys.executable).parent
STORAGES = ("folder", "bucket")
# Of an uplink, in bytes a second: a photo takes a moment.
UPLINK = 2_000_000


@dataclass
class Seen:
    """What came of one deployment."""

    photo: bytes
    page: dict[str, Any] = field(default_factory=dict)
    heard: list[tuple[int, int]] = field(default_factory=list)
    width_shown: int = 0
    # Through the API's own port, between it and the bucket, and what its processes read of the folder's disk.
    of_api: int = 0
    of_storage: int = 0
    read: int = 0
    # What each README's program said, and what the posts of those look like.
    told: dict[str, str] = field(default_factory=dict)
    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def seen(
    machines_of_module: Machines,
    make_machines: Any,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Seen]:
    """Have a page and both SDKs post a photo, on each storage."""
    photo = _photo()
    found: dict[str, Seen] = {}
    machines_of_module.run_relay()
    pages = tmp_path_factory.mktemp("pages")
    with _pages(pages) as origin:
        for storage in STORAGES:
            place = tmp_path_factory.mktemp(storage)
            (place / "oak.jpg").write_bytes(photo)
            machines: Machines = make_machines()
            try:
                with _deployed(storage, machines, place, origin) as deployed:
                    found[storage] = _use(deployed, browser, origin, place, pages, photo)
            finally:
                machines.restore()
    return found


@dataclass
class Deployed:
    """An API that answers at a meter's port, and what it reaches its storage by."""

    api: Api
    meter: Meter
    of_storage: Meter | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.meter.port}"

    def bytes_read(self) -> int:
        """Return what the API's processes have read of files."""
        assert self.api._process is not None
        family = [(top := psutil.Process(self.api._process.pid)), *top.children(recursive=True)]
        return sum(process.io_counters().read_chars for process in family)


@contextmanager
def _deployed(storage: str, machines: Machines, place: Path, origin: str) -> Iterator[Deployed]:
    common = {"BANYAN_ALLOWED_HOSTS": "api.example.test,127.0.0.1", "BANYAN_CORS_ORIGINS": origin}
    if storage == "folder":
        env = {**common, "BANYAN_MEDIA_DIR": str(place)}
        env["BANYAN_MEDIA_URL"] = machines.run_media(**env)
        machines.run_worker(**env)
        api = machines.run_api(**env)
        with metered(_port(api.url)) as meter:
            yield Deployed(api, meter, None)
        return
    with run_bucket(place) as bucket, metered(_port(bucket.endpoint_url)) as of_storage:
        _follow_docs(bucket, origin)
        env = {
            **common,
            "BANYAN_MEDIA_STORAGE": "s3",
            "BANYAN_MEDIA_S3_BUCKET": BUCKET,
            "BANYAN_MEDIA_S3_ACCESS_KEY": ACCESS_KEY,
            "BANYAN_MEDIA_S3_SECRET_KEY": SECRET_KEY,
            "BANYAN_MEDIA_S3_ENDPOINT": bucket.endpoint_url,
            "BANYAN_MEDIA_S3_PUBLIC_ENDPOINT": bucket._public_endpoint,
        }
        machines.run_worker(**env)
        api = machines.run_api(**env | {"BANYAN_MEDIA_S3_ENDPOINT": f"http://127.0.0.1:{of_storage.port}"})
        with metered(_port(api.url)) as meter:
            yield Deployed(api, meter, of_storage)


def _follow_docs(bucket: Any, origin: str) -> None:
    """Configure a bucket by what `docs/media.md` says to copy."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "media.md").read_text(), re.DOTALL)
    [cors] = [block for block in blocks if "CORSRules" in block]
    said = json.loads(cors.replace("https://app.example.org", origin))
    bucket._client().put_bucket_cors(Bucket=BUCKET, CORSConfiguration=said)


def _use(deployed: Deployed, browser: Browser, origin: str, place: Path, pages: Path, photo: bytes) -> Seen:
    seen = Seen(photo)
    # A name of its own: what one deployment has written stays for the next.
    person = Client(deployed.url).sign_up(f"ada_{place.name[:6]}")
    until(lambda: person.counts() is not None)
    through = deployed.meter.total, deployed.of_storage.total if deployed.of_storage else 0
    read = 0 if deployed.of_storage else deployed.bytes_read()
    _post_from_page(deployed, browser, origin, place, person, seen)
    seen.of_api = deployed.meter.total - through[0]
    seen.of_storage = deployed.of_storage.total - through[1] if deployed.of_storage else 0
    seen.read = 0 if deployed.of_storage else deployed.bytes_read() - read
    seen.told["python"] = _run_python(deployed.url, person, place)
    seen.told["typescript"] = _run_typescript(deployed.url, person, place, pages / "sdk")
    listed = person.call("GET", f"/v1/users/{person.id}/posts").body
    for program, post in zip(("typescript", "python"), listed["data"], strict=False):
        seen.posts[program] = [listed["included"]["media"][id] for id in post["media_ids"]]
    return seen


def _post_from_page(
    deployed: Deployed, browser: Browser, origin: str, place: Path, person: Client, seen: Seen
) -> None:
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 800, "height": 900})
    context.set_default_timeout(TIMEOUT * 3)
    try:
        tab = context.new_page()
        tab.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        tab.on("pageerror", lambda fault: faults.append(str(fault)))
        api = deployed.url.replace("127.0.0.1", "api.example.test")
        tab.goto(f"{origin}/photo_page.html#{urlencode({'api': api, 'token': person.token})}")
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": UPLINK}
        context.new_cdp_session(tab).send("Network.emulateNetworkConditions", slow)
        tab.set_input_files("input", place / "oak.jpg")
        until(lambda: faults or tab.evaluate("window.seen !== undefined"), within=60)
        tab.screenshot(path=place / "page.png")
        assert not faults, faults
        seen.page = tab.evaluate("window.seen")
        seen.heard = [(sent, total) for sent, total in tab.evaluate("window.heard")]
        seen.width_shown = tab.evaluate("document.querySelector('img')?.naturalWidth ?? 0")
    finally:
        context.close()


def _run_python(url: str, person: Client, place: Path) -> str:
    """Run what the Python SDK's README uploads with; return what it printed."""
    program = f"""
from banyan_client import Banyan
from banyan_client.generated.api.posts import publish_post
from banyan_client.generated.models import NewPost
banyan = Banyan({url!r}, token={person.token!r})
{_readme("python", "python")}
print(media.state)"""
    env = {**os.environ, "PYTHONPATH": str(SDKS / "python")}
    return _run([sys.executable, "-c", program], place, env)


def _run_typescript(url: str, person: Client, place: Path, sdk: Path) -> str:
    """Run what the TypeScript SDK's README uploads with, in Node; return what it printed."""
    program = f"""
import {{ Banyan }} from {json.dumps(str(sdk / "index.js"))};
const banyan = new Banyan({json.dumps(url)}, {{ token: {json.dumps(person.token)} }});
{_readme("typescript", "ts")}
console.log(media.state);"""
    (place / "program.mjs").write_text(program)
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return _run([str(BIN / "node"), "program.mjs"], place, env)


def _readme(sdk: str, language: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", (SDKS / sdk / "README.md").read_text(), re.DOTALL)
    return str(blocks[1])


def _run(words: list[str], place: Path, env: dict[str, str]) -> str:
    done = subprocess.run(words, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


def _photo() -> bytes:
    """Return a picture like a camera's: noise makes it large."""
    noise = Image.effect_noise((2000, 1500), 40).convert("RGB")
    sky = Image.linear_gradient("L").resize((2000, 1500)).convert("RGB")
    picture = Image.blend(sky, noise, 0.4)
    ImageDraw.Draw(picture).ellipse((700, 450, 1300, 1050), fill=(210, 60, 40))
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=95)
    return content.getvalue()


@contextmanager
def _pages(folder: Path) -> Iterator[str]:
    """Serve the page and what it imports, as an app's own server would; yield its origin."""
    _build(folder)
    shutil.copy(Path(__file__).with_name("photo_page.html"), folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://app.example.test:{server.server_port}"
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _build(folder: Path) -> None:
    """Build the SDK there: in its own folder others may be at it."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    compiler = TYPESCRIPT / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        _run(["npm", "ci", "--ignore-scripts"], TYPESCRIPT, env)
    words = [str(compiler), "--project", "tsconfig.build.json", "--outDir", str(folder / "sdk")]
    _run(words, TYPESCRIPT, env)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(TYPESCRIPT / "node_modules")


def _named(page: Any) -> Any:
    """Return JSON in which ids, addresses and moments are replaced by what they are."""
    if isinstance(page, dict):
        return {_named(key): "address" if key == "url" else _named(value) for key, value in page.items()}
    if isinstance(page, list):
        return [_named(each) for each in page]
    if isinstance(page, str):
        if re.fullmatch(r"\d{16,19}", page):
            return "id"
        return re.sub(r"^\d{4}-\d\d-\d\dT.*Z$", "moment", re.sub(r"^ada_\w+$", "ada", page))
    return page


@pytest.mark.parametrize("storage", STORAGES)
class TestAPageOfAnotherOrigin:
    def test_uploads_a_photo_with_progress_and_sees_it_in_a_post(self, seen, storage):
        found = seen[storage]
        [media] = found.page["included"]["media"].values()

        assert (media["state"], media["alt"], media["width"]) == ("ready", "A red sun", 2000)
        assert found.width_shown == 1080
        size = len(found.photo)
        assert (found.heard[0], found.heard[-1]) == ((0, size), (size, size))
        assert {total for _, total in found.heard} == {size}
        assert found.heard == sorted(found.heard)
        between = {sent for sent, _ in found.heard} - {0, size}
        assert len(between) > 3, found.heard

    def test_has_no_byte_of_the_photo_pass_through_the_api(self, seen, storage):
        found = seen[storage]
        [media] = found.page["included"]["media"].values()
        of_files = sum(variant["bytes"] for variant in media["variants"])

        assert (len(found.photo) > 1_000_000, of_files > 200_000) == (True, True)
        # A form, cards, looks at the state, CORS' questions; the smallest file is larger than any of it.
        assert found.of_api < 50_000
        assert found.of_storage < 10_000
        assert found.read < 200_000

    def test_ends_in_the_same_json(self, seen, storage):
        assert _named(seen[storage].page) == _named(seen["folder"].page)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("sdk", ["python", "typescript"])
def test_a_readmes_program_uploads_and_posts(seen, storage, sdk):
    found = seen[storage]
    size = len(found.photo)

    *progress, state = found.told[sdk].splitlines()

    assert (progress[0], progress[-1], state) == (f"0 {size}", f"{size} {size}", "ready")
    assert len(progress) > size // 65_536
    [media] = found.posts[sdk]
    assert (media["alt"], media["state"], media["width"]) == ("A red oak", "ready", 2000)
