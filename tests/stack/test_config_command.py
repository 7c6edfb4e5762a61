"""`manage.py config` and the errors of config/env.py: everything at once, nothing secret."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from environs import EnvValidationError

from config import env as environment
from config.management.trouble import explain
from deploy.embedded.layout import ROOT
from tests.kit.commands import NAMED, SECRET, manage_each


def manage(*words: str | bytes, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with servers that are named and do not exist."""
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=cwd, env={**NAMED, **env}, capture_output=True, text=True, check=False)


@pytest.fixture
def named(monkeypatch) -> Callable[..., None]:
    """Give this process, too, servers that do not exist, and what else is said of the environment."""

    def name(**env: str) -> None:
        for known in [known for known in os.environ if known.startswith("BANYAN_")]:
            monkeypatch.delenv(known)
        for variable, value in {**NAMED, **env}.items():
            monkeypatch.setenv(variable, value)

    # Read anew: what this process has read at its start it keeps.
    monkeypatch.setattr(environment, "load", environment.load.__wrapped__)
    return name


@pytest.fixture
def printed(named) -> Callable[..., dict[str, Any]]:
    """What `config --json` prints, without a start of manage.py for each environment."""

    def printed(**env: str) -> dict[str, Any]:
        named(**env)
        out = io.StringIO()
        call_command("config", "--json", stdout=out)
        values: dict[str, Any] = json.loads(out.getvalue())
        return values

    return printed


@pytest.fixture
def refused(named) -> Callable[..., str]:
    """What manage.py says of an environment that it refuses."""

    def refused(**env: str) -> str:
        named(**env)
        with pytest.raises(EnvValidationError) as error:
            environment.load()
        return explain(error.value, is_adopted=False) or ""

    return refused


class TestConfig:
    def test_masks_every_secret(self):
        for shown in manage_each([["config"], ["config", "--json"]], cwd=ROOT, env=NAMED):
            assert shown.returncode == 0, shown.stderr
            assert "a.example" in shown.stdout
            assert "sesame" not in shown.stdout
            assert SECRET not in shown.stdout

    def test_prints_effective_values_as_json(self, printed):
        values = printed(BANYAN_PORT="8123")

        assert values["port"] == 8123
        assert values["instances"] == {"a": "postgres://banyan:********@a.example/banyan"}

    def test_points_at_a_port_that_is_none_and_repeats_no_password(self, refused):
        told = refused(BANYAN_EMAIL_URL="smtps://banyan:ses/ame@mail.example")

        assert ("BANYAN_EMAIL_URL" in told, "ses" in told) == (True, False)

    def test_masks_passwords_in_the_query_too(self, printed):
        url = "postgres://banyan@h1:5432,h2:5433/banyan?password=sesame&target_session_attrs=read-write"
        values = printed(BANYAN_INSTANCES=f"a={url}&sslpassword=sesame")

        assert values["instances"]["a"] == url.replace("sesame", "********") + "&sslpassword=********"

    def test_names_the_variable_whose_url_a_driver_would_not_understand(self, refused):
        told = refused(
            BANYAN_DIRECTORY_URL="postgres://u:sesame@h/n?sslmode=verify-ful",
            BANYAN_INSTANCES="a=postgres://u:sesame@h/n,b=postgres://u:sesame@h/n?sslmod=verify-full",
            BANYAN_REPLICAS="a_replica1=postgres://u:sesame/x@h/n",
            BANYAN_REDIS_CACHE_URL="rediss://:sesame@h/0?ssl=yes",
            BANYAN_REDIS_HOT_URL="rediss://:sesame@h/0?ssl_ca_certs=/nowhere",
            BANYAN_BROKER_URL="redis://:sesame@h/0?socket_timeout=1",
        )

        for fault in (
            "'BANYAN_DIRECTORY_URL': ['invalid sslmode value: \"verify-ful\"']",
            "'BANYAN_INSTANCES': ['b: libpq knows no sslmod']",
            "'BANYAN_REPLICAS': ['a_replica1: expected postgres://",
            "'BANYAN_REDIS_CACHE_URL': ['rediss:// takes in its query",
            "'BANYAN_REDIS_HOT_URL': ['ssl_ca_certs cannot be used: No such file or directory']",
            "'BANYAN_BROKER_URL': ['redis:// takes in its query nothing",
        ):
            assert fault in told
        assert "sesame" not in told

    def test_masks_passwords_of_every_hot_redis(self, printed):
        urls = ",".join(f"{name}=redis://:sesame@{name}.example" for name in ("directory", "a"))
        values = printed(BANYAN_REDIS_HOT_URL="", BANYAN_REDIS_HOT_URLS=urls)

        assert values["redis_hot_url"] == ""
        assert values["redis_hot_urls"]["a"] == "redis://:********@a.example"

    def test_reports_all_errors_at_once_and_without_a_traceback(self):
        refused = manage(
            "config",
            BANYAN_PORT="eighty",
            BANYAN_SECRET_KEY="short",
            BANYAN_DIRECTORY_URL="mysql://x",
            BANYAN_EMAIL_URL="pigeon://x",
        )

        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        for name in ("BANYAN_PORT", "BANYAN_SECRET_KEY", "BANYAN_DIRECTORY_URL", "BANYAN_EMAIL_URL"):
            assert name in refused.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    """A copy of the house in which a file may be broken."""
    copy: Path = tmp_path_factory.mktemp("house")
    # With the bytecode, which fits the copies as well: their times are the same.
    ignored = shutil.ignore_patterns("sdk", "tools", "node_modules")
    for folder in ("config", "deploy", "modules", "sharding", "openapi"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    shutil.copy(ROOT / "manage.py", copy)
    return copy


class TestManage:
    """What a person is told who makes a mistake: a sentence, no traceback."""

    def test_names_the_server_that_is_away(self):
        commands = [
            *(["demo"], ["demo", "--print-access"], ["verify_demo"], ["account", "show", "ada"]),
            *(["usernames"], ["shards", "map"], ["shards", "migrate"], ["shards", "migrate", "--plan"]),
        ]
        env = {**NAMED, "BANYAN_DIRECTORY_URL": "postgres://nobody@127.0.0.1:1/x"}

        for refused in manage_each(commands, cwd=ROOT, env=env):
            assert refused.returncode == 1, refused
            assert "Traceback" not in refused.stderr
            assert "cannot be reached" in refused.stderr

    def test_says_what_to_do_where_nothing_runs(self, tmp_path):
        commands = [
            ["demo"],
            ["demo", "--print-access"],
            ["verify_demo"],
            ["account", "show", "ada"],
            ["usernames"],
        ]
        env = {"PATH": os.defpath, "BANYAN_HOME": str(tmp_path / "banyan")}

        for refused in manage_each(commands, cwd=ROOT, env=env):
            assert refused.returncode == 1, refused
            assert refused.stderr.startswith("Nothing runs here")
            assert refused.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        "words",
        [["url"], ["mail"], ["logs", "--no-follow"], ["psql", "a"], ["psql", "nowhere"]],
        ids=" ".join,
    )
    def test_of_the_stack_says_what_to_do_where_nothing_runs(self, words, tmp_path):
        command = [sys.executable, "-m", "deploy.embedded", *words]
        env = {"PATH": os.defpath, "BANYAN_HOME": str(tmp_path / "banyan")}

        refused = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert refused.stderr.count("\n") == 1
        assert not (tmp_path / "banyan").exists()

    @pytest.mark.parametrize("words", ["url", "up"])
    def test_of_the_stack_says_that_its_home_is_no_folder(self, words, tmp_path):
        (tmp_path / "file").touch()
        env = {"PATH": os.defpath, "BANYAN_HOME": str(tmp_path / "file")}

        refused = subprocess.run(
            [sys.executable, "-m", "deploy.embedded", words],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (refused.returncode, refused.stderr) == (
            1,
            f"{tmp_path / 'file'} is no folder; set BANYAN_HOME to one.\n",
        )

    @pytest.mark.parametrize("port", ["eighty", "0", "70000", "²", ""])
    def test_refuses_a_port_that_is_none(self, port, tmp_path):
        env = {"PATH": os.defpath, "BANYAN_HOME": str(tmp_path / "banyan"), "BANYAN_PORT": port}
        up = [sys.executable, "-m", "deploy.embedded", "up"]

        refused = subprocess.run(up, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

        assert (refused.returncode, refused.stderr) == (
            1,
            f"BANYAN_PORT is {port!r}; set a number from 1 to 65535.\n",
        )

    def test_says_which_python_has_the_libraries(self):
        bare = [sys.executable, "-I", "-S", "manage.py", "config"]

        refused = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)

        assert refused.returncode == 1
        assert refused.stderr == (
            "This Python lacks Banyan's libraries. Say .venv/bin/python manage.py …, or make help.\n"
        )

    @pytest.mark.parametrize(
        ("word", "broken", "said"),
        [
            ("doors", "import nowhere\n", "No module named 'nowhere'"),
            ("check", "def f(:\n", "invalid syntax"),
            ("config", "import nowhere\n", "No module named 'nowhere'"),
        ],
    )
    def test_says_which_context_is_broken(self, copied, word, broken, said):
        (copied / "modules/graph/models/__init__.py").write_text(broken)

        refused = manage(word, cwd=copied)

        assert refused.returncode == 1
        assert refused.stderr.startswith(
            f"The context 'graph' cannot be loaded (modules/graph/models/__init__.py, line 1): {said}"
        )


class TestArguments:
    @pytest.mark.parametrize(
        "words",
        [(b"account", b"show", b"\xff"), (b"config", b"--\xff"), (b"\xff",), (b"newcontext", b"a\xe9")],
    )
    def test_that_are_no_text_are_refused_without_a_traceback(self, words):
        refused = manage(*words)

        assert (refused.returncode, refused.stdout) == (1, "")
        assert re.fullmatch(r"The argument .*\\x(ff|e9) is not UTF-8; .*\n", refused.stderr)
