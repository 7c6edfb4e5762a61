"""
From figures and texts to a PDF, by typst in a child process of its own (`__main__.py`).

No Django here but in whoever calls: the child loads typst and nothing of the application.
"""

import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

# No site, no environment, no working folder on the path: only what is named.
_ISOLATED: Final = ("-I", "-S")
_BOOT: Final = (
    "import sys; sys.path += sys.argv[1:3]; del sys.argv[1:3]; "
    "from modules.exports.processing.__main__ import main; main()"
)
_PROJECT: Final = Path(__file__).resolve().parents[3]
#: Less than a claim: whoever waits for the child says nothing meanwhile.
WALL_S: Final = 40.0


class NotTypeset(Exception):
    """The child did not make a PDF; what it had to say of texts is in no log."""


def typeset(data: bytes, target: IO[bytes], *, wall_s: float = WALL_S) -> None:
    """
    Write a report as a PDF into an open file; a page takes some 40 ms.

    :param data: the JSON object that the template reads
    :raises NotTypeset: if the child ended with anything but a PDF; nothing of it is alive then
    """
    with tempfile.TemporaryFile(prefix="banyan-report-") as source:
        source.write(data)
        source.seek(0)
        child = subprocess.Popen(  # noqa: S603 (nothing of the command is anybody's input)
            _command(),
            stdin=source,
            stdout=target,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        )
        try:
            code: int | str = child.wait(wall_s)
        except subprocess.TimeoutExpired:
            code = "time"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if code != 0:
        raise NotTypeset(f"The child ended with {code}.")
    target.seek(0)
    if target.read(5) != b"%PDF-":
        raise NotTypeset("The child wrote no PDF.")


def _command() -> list[str]:
    typst = importlib.util.find_spec("typst")
    assert typst is not None
    assert typst.origin is not None
    return [sys.executable, *_ISOLATED, "-c", _BOOT, str(_PROJECT), str(Path(typst.origin).parents[1])]
