"""Start the child, wait for it, and end all of it."""

import importlib.util
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, NamedTuple

from modules.media.processing import limits
from modules.media.processing.outcomes import Outcome, failed, read_outcome

# No site, no environment, no working folder on the path: only what is named.
ISOLATED = ("-I", "-S")
BOOT = (
    "import sys; sys.path += sys.argv[1:3]; del sys.argv[1:3]; "
    "from modules.media.processing.__main__ import main; main()"
)
PROJECT = Path(__file__).resolve().parents[3]


class End(NamedTuple):
    """How the child ended: a signal is negative, None is the time limit."""

    code: int | None
    cpu_s: float


def process(source: Path, target: Path) -> Outcome:
    """
    Turn one uploaded file into its variants, in a limited process of their own.

    Safe against whatever the file does to its decoder; it takes a second for a photo of 12 megapixels, ten at
    most of CPU and forty by the clock. Every file ends in an outcome.

    :param source: the file; neither its name nor what it is said to be is looked at
    :param target: an empty folder of the caller's, who takes what is in it and removes it, after a refusal
    too
    :raises OSError: if no process can be started
    """
    return supervise([*_command(), str(source.absolute()), str(target.absolute())], target)


def supervise(command: list[str], target: Path, *, wall_s: float = limits.WALL_S) -> Outcome:
    """
    Run a command that answers as the child does, and return what can be believed of it.

    Neither it nor what it started is alive afterwards; of what it prints, 64 KiB are read.
    """
    with _stream("answer") as answer, _stream("errors") as errors:
        end = _run(command, target, answer, errors, wall_s)
        outcome = (
            read_outcome(_read(answer), target) if end.code == 0 else failed(_explain(end, _read(errors)))
        )
    return outcome._replace(cpu_s=end.cpu_s)


def _stream(name: str) -> BinaryIO:
    """A file without a name, which no child can fill beyond its limit; a pipe would be read into memory."""
    return os.fdopen(os.memfd_create(name), "w+b")


def _read(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(limits.MAX_ANSWER_BYTES + 1)


def _command() -> list[str]:
    pillow = importlib.util.find_spec("PIL")
    assert pillow is not None
    assert pillow.origin is not None
    return [sys.executable, *ISOLATED, "-c", BOOT, str(PROJECT), str(Path(pillow.origin).parents[1])]


def _run(command: list[str], target: Path, answer: BinaryIO, errors: BinaryIO, wall_s: float) -> End:
    child = subprocess.Popen(  # noqa: S603 (nothing of the command is anybody's input but two paths)
        command,
        stdin=subprocess.DEVNULL,
        stdout=answer,
        stderr=errors,
        cwd=target,
        env={},
        start_new_session=True,
    )
    in_time = False
    try:
        in_time = _ends_within(child.pid, wall_s)
    finally:
        # All that it started, too, and before it is reaped: until then nobody else can have the number.
        os.killpg(child.pid, signal.SIGKILL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return End(child.returncode if in_time else None, round(usage.ru_utime + usage.ru_stime, 3))


def _ends_within(pid: int, seconds: float) -> bool:
    ended = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(ended, select.POLLIN)
        return bool(waiting.poll(seconds * 1000))
    finally:
        os.close(ended)


def _explain(end: End, errors: bytes) -> str:
    last = errors.decode(errors="replace").strip().rpartition("\n")[2][:300]
    if end.code is None:
        return "The child was killed: it took too long by the clock."
    if end.code == -signal.SIGXCPU:
        return f"The child took more than {limits.CPU_S} s of CPU."
    if end.code < 0:
        return f"The child was killed by {signal.Signals(-end.code).name}. {last}".rstrip()
    return f"The child ended with {end.code}. {last}".rstrip()
