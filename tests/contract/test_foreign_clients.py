"""
Clients that other people's generators make of the contract, at work with a live API.

What they make goes into a folder of the test: nothing of it is kept.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from deploy.embedded.layout import ROOT
from tests.kit.client import PASSWORD, Client
from tests.kit.machines import until

CONTRACT = ROOT / "openapi" / "banyan.yaml"
TOOLS = ROOT / "openapi" / "tools" / "node_modules"
# Node and Java's generator come with this environment, whatever the caller's PATH says.
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.django_db

TYPES = """
import type { paths } from "./types.ts";
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { "application/json": infer Sent } } };
} ? Sent : never;
type LogIn = Body<"/auth/{client}/v1/auth/login">;
export const byName: LogIn = { username: "ada", password: "x" };
export const byAddress: LogIn = { email: "ada@example.org", password: "x" };
// @ts-expect-error A password is needed.
export const byNothing: LogIn = { username: "ada" };
// @ts-expect-error Nobody has a number.
export const byNumber: LogIn = { phone: "1", password: "x" };
"""
TYPESCRIPT = """
import { client } from "./made/client.gen.ts";
import { authPostLogin, authPostSignup, getHomeTimeline } from "./made/index.ts";

const [url = "", password = ""] = process.argv.slice(2);
let token: string | undefined;
client.setConfig({ baseUrl: url, auth: (scheme) => (scheme.name === "X-Session-Token" ? token : undefined) });
const path = { client: "app" } as const;
await authPostSignup({
  path, body: { username: "bea", email: "bea@example.org", password }, throwOnError: true,
});
const { data } = await authPostLogin({ path, body: { username: "ada", password }, throwOnError: true });
token = data.meta.session_token;
const { data: home } = await getHomeTimeline({ query: { limit: 5 }, throwOnError: true });
for (const post of home.data) console.log(home.included.users[post.author_id]?.display_name, post.text);
"""
OPTIONS = {
    "module": "nodenext",
    "target": "es2022",
    "lib": ["es2022", "dom", "dom.iterable"],
    "types": ["node"],
    "typeRoots": [str(TOOLS / "@types")],
    "strict": True,
    # What is made is no declaration; those of Node and of browsers are not the subject.
    "skipLibCheck": True,
    "noEmit": True,
    "allowImportingTsExtensions": True,
}
PYTHON = """
import sys
from foreign import ApiClient, AuthApi, AuthLogin, AuthSignup, Configuration, TimelinesApi

url, password = sys.argv[1:]
configuration = Configuration(host=url)
auth = AuthApi(ApiClient(configuration))
sent = AuthSignup(username="bea", email="bea@example.org", password=password)
auth.auth_post_signup(client="app", auth_signup=sent)
entered = auth.auth_post_login(client="app", auth_login=AuthLogin(username="ada", password=password))
configuration.api_key["sessionToken"] = entered.meta.session_token
home = TimelinesApi(ApiClient(configuration)).get_home_timeline(limit=5)
for post in home.data:
    print(home.included.users[post.author_id].display_name, post.text)
"""


@pytest.fixture
def url(live_api) -> str:
    """A service where Ada has a post in her home."""
    ada = Client(live_api.url).sign_up("ada")
    ada.post("Hello, forest")
    until(lambda: ada.home() == ["Hello, forest"])
    return str(ada.url)


class TestOpenapiTypescript:
    def test_makes_types_that_take_either_name(self, tmp_path):
        run(
            str(TOOLS / ".bin" / "openapi-typescript"), str(CONTRACT), "--output", "types.ts", folder=tmp_path
        )
        (tmp_path / "program.ts").write_text(TYPES)

        check_types(tmp_path)


class TestHeyApi:
    def test_makes_a_client_that_signs_up_logs_in_and_reads(self, url, tmp_path):
        output = '{ path: "made", module: { extension: ".ts" } }'
        config = f'export default {{ input: "{CONTRACT}", output: {output} }};'
        (tmp_path / "openapi-ts.config.mjs").write_text(config)
        run(str(TOOLS / ".bin" / "openapi-ts"), folder=tmp_path)
        (tmp_path / "program.ts").write_text(TYPESCRIPT)

        check_types(tmp_path)
        printed = run("node", "program.ts", url, PASSWORD, folder=tmp_path)

        assert printed == "ada Hello, forest\n"


class TestOpenapiGenerator:
    def test_makes_a_python_client_that_signs_up_logs_in_and_reads(self, url, tmp_path):
        run(
            *(
                "openapi-generator-cli",
                "generate",
                "--generator-name",
                "python",
                "--input-spec",
                str(CONTRACT),
            ),
            *("--output", "made", "--additional-properties", "packageName=foreign"),
            folder=tmp_path,
        )

        printed = run(sys.executable, "-c", PYTHON, url, PASSWORD, folder=tmp_path / "made")

        assert printed == "ada Hello, forest\n"


class TestPrism:
    def test_finds_nothing_in_a_journey_that_the_contract_does_not_say(self, url):
        with proxied(url) as through:
            ben = Client(through).sign_up("ben").log_in()
            post = ben.post("Through a judge", Idempotency_Key="one")
            answers = [
                ben.call("GET", "/v1/timelines/home?limit=1"),
                ben.call("GET", f"/v1/posts/{post}"),
                ben.call("GET", "/v1/posts/12345"),
                ben.call("GET", "/v1/me"),
                ben.call("GET", "/v1/me/sessions"),
                ben.call("GET", "/auth/app/v1/auth/session"),
                ben.call("GET", "/auth/app/v1/account/authenticators"),
                ben.call("DELETE", f"/v1/posts/{post}"),
            ]

        assert [answer.status for answer in answers] == [200, 200, 404, 200, 200, 200, 200, 204]


@contextmanager
def proxied(url: str) -> Iterator[str]:
    """Put prism before a service: it answers 500 in the place of what breaks the contract."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    words = (str(TOOLS / ".bin" / "prism"), "proxy", str(CONTRACT), url, "--errors", "--port", str(port))
    # What `node` starts is a child of what is started here: both end with their group.
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        words, env=environment(), stdout=quiet, stderr=quiet, start_new_session=True
    ) as judge:
        try:
            until(lambda: is_open(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(judge.pid, signal.SIGTERM)


def is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def check_types(folder: Path) -> None:
    """Compile what is in a folder as strictly as TypeScript can."""
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": OPTIONS, "include": ["*.ts", "made"]})
    )
    run(str(TOOLS / ".bin" / "tsc"), "--project", ".", folder=folder)


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def run(*words: str, folder: Path) -> str:
    """Run a program with this environment's tools in its PATH; return what it printed."""
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout
