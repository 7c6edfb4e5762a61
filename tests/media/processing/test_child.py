"""What a child can do that somebody took over: nothing elsewhere, and nothing that is believed unseen."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from config.env import ROOT
from modules.media.processing import Reason, process
from modules.media.processing.child import supervise
from tests.kit.machines import until
from tests.media.processing.made import quarters, saved

TRIES = """
    import json, os, resource, socket, sys
    sys.path.append(sys.argv[1])
    from modules.media.processing import sandbox

    tries = {
        "read": lambda: open("/etc/passwd").read(),
        "read what its parent was told": lambda: open(f"/proc/{parent}/environ").read(),
        "list": lambda: os.listdir("/"),
        "write elsewhere": lambda: open(elsewhere, "w"),
        "make a link": lambda: os.symlink("/etc/passwd", "link"),
        "make a pipe": lambda: os.mkfifo("pipe"),
        "open a socket": lambda: socket.socket(),
        "start a process": lambda: os.fork(),
        "start a program": lambda: os.execv("/bin/true", ["true"]),
        "signal": lambda: os.kill(parent, 0),
        "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, (60, 60)),
        "take memory": lambda: bytearray(600 << 20),
        "write much": lambda: open("large", "wb").write(bytes(20 << 20)),
    }
    parent, elsewhere = os.getppid(), sys.argv[2]
    sandbox.limit()
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    held = sandbox.confine([os.path.dirname(os.__file__)], ".")
    done = []
    for name, what in tries.items():
        try:
            what()
            done.append(name)
        except (OSError, MemoryError, ValueError):
            pass
    open("done", "w").write(json.dumps([done, held, dict(os.environ)]))
"""


# What an old kernel without it cannot refuse.
BY_LANDLOCK = {
    "read",
    "read what its parent was told",
    "list",
    "write elsewhere",
    "make a link",
    "make a pipe",
}


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-I", "-c", textwrap.dedent(code), *map(str, arguments)]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with the variants of a picture, and what the child said of them."""
    source, target = tmp_path / "source", tmp_path / "made"
    target.mkdir()
    source.write_bytes(saved(quarters(), "PNG"))
    assert process(source, target).ok
    return target


def answer(target: Path, **changes: object) -> dict[str, Any]:
    """What a child says that is to be believed, but for the changes."""
    sizes = {"thumb.webp": "webp", "feed.webp": "webp", "full.webp": "webp", "feed.jpg": "jpeg"}
    variants = [
        {"name": file[:5], "file": file, "type": f"image/{kind}", "width": 40, "height": 20}
        | {"bytes": (target / file).stat().st_size}
        for file, kind in sizes.items()
    ]
    said = {"ok": True, "type": "image/png", "width": 40, "height": 20, "frames": 1, "blurhash": "L" * 28}
    return {**said, "variants": variants, "confined": [], "peak_kib": 1, **changes}


def told(said: object, target: Path):
    return supervise(python("import sys; print(sys.argv[1])", json.dumps(said)), target)


class TestSandbox:
    def test_leaves_nothing_to_be_done(self, tmp_path, monkeypatch):
        monkeypatch.setenv("BANYAN_SECRET_KEY", "not for the child")

        target = tmp_path / "target"
        target.mkdir()

        outcome = supervise(python(TRIES, ROOT, tmp_path / "elsewhere"), target)

        assert "ended" not in outcome.detail, outcome.detail
        done, held, environment = json.loads((target / "done").read_text())
        assert "seccomp" in held
        assert set(done) <= (set() if "landlock" in held else BY_LANDLOCK)
        assert environment.keys() - {"LC_CTYPE"} == set()
        assert not (tmp_path / "elsewhere").exists()


class TestSupervise:
    @pytest.mark.parametrize(
        ("code", "detail"),
        [
            ("import os; os.kill(os.getpid(), 11)", "The child was killed by SIGSEGV."),
            ("raise SystemExit(3)", "The child ended with 3."),
            ("bytearray(1 << 60)", "The child ended with 1. MemoryError"),
            ("print('no JSON')", "The child's answer is not to be believed: JSONDecodeError"),
            ("print('[' * 60_000)", "The child's answer is not to be believed: RecursionError"),
            ("print('x' * 70_000)", "The child printed too much."),
            ("print('{}')", "The child's answer is not to be believed: KeyError"),
            (
                "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass",
                "The child took more than 10 s of CPU.",
            ),
        ],
    )
    def test_says_how_it_ended(self, tmp_path, code, detail):
        outcome = supervise(python(code), tmp_path)

        assert (outcome.ok, outcome.reason) == (False, Reason.UNPROCESSABLE)
        assert outcome.detail.startswith(detail)

    def test_ends_all_of_a_child_that_does_not_end(self, tmp_path):
        """Its own children too, though they ignore what can be ignored."""
        code = """
            import os, signal, sys
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            child = os.fork()
            if child:
                open("child", "w").write(str(child))
            while True:
                signal.pause()
        """

        outcome = supervise(python(code), tmp_path, wall_s=2)

        assert outcome.detail == "The child was killed: it took too long by the clock."
        grandchild = int((tmp_path / "child").read_text())
        until(lambda: not _is_alive(grandchild))

    def test_inherits_no_descriptor(self, tmp_path):
        code = "import os; open('open', 'w').write(' '.join(sorted(os.listdir('/proc/self/fd'))))"
        with open("/etc/passwd") as secret:
            os.set_inheritable(secret.fileno(), True)

            supervise(python(code), tmp_path)

        # Its three streams, the file that it writes, and the folder that it lists.
        assert (tmp_path / "open").read_text().split() == ["0", "1", "2", "3", "4"]


class TestReadOutcome:
    def test_believes_what_is_so(self, made):
        outcome = told(answer(made), made)

        assert outcome.ok, outcome.detail

    @pytest.mark.parametrize(
        "changes",
        [
            {"type": "text/html"},
            {"width": 0},
            {"width": "40"},
            {"height": 10**9},
            {"frames": 601},
            {"blurhash": "<script>alert(1)</script>..."},
            {"variants": []},
        ],
        ids=str,
    )
    def test_believes_no_rubbish(self, made, changes):
        assert told(answer(made, **changes), made).reason == Reason.UNPROCESSABLE

    def test_believes_no_name_of_a_file(self, made):
        said = answer(made)
        said["variants"][0]["file"] = "../source"

        assert told(said, made).reason == Reason.UNPROCESSABLE

    @pytest.mark.parametrize("trick", ["link", "hard link", "script", "size", "missing"])
    def test_looks_at_the_files_themselves(self, made, trick):
        """What lies there is published: a link would publish what it leads to."""
        said, file, secret = answer(made), made / "thumb.webp", made.parent / "source"
        secret.write_bytes(file.read_bytes())
        if trick == "script":
            file.write_bytes(b"<script>".ljust(file.stat().st_size))
        elif trick == "size":
            file.write_bytes(file.read_bytes() + b"more")
        else:
            file.unlink()
        if trick == "link":
            file.symlink_to(secret)
        elif trick == "hard link":
            file.hardlink_to(secret)

        assert told(said, made).reason == Reason.UNPROCESSABLE


def _is_alive(pid: int) -> bool:
    """Whether a process runs, or is not yet dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
