"""
The child: `python -m modules.exports.processing < data.json > report.pdf`.

What it reads are texts of strangers, as JSON: no markup ever, for the template takes them as strings, and
typst runs nothing of a string. Limits and a namespace without a network are there for its faults.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

MIB = 1024 * 1024
# An address space: typst and its fonts take 280 MiB of one, and 60 in memory.
MEMORY_BYTES = 1024 * MIB
CPU_S = 20
FILE_BYTES = 32 * MIB
OPEN_FILES = 32
MAX_INPUT_BYTES = MIB
NICENESS = 5
# Accessible to screen readers (ISO 14289-1): a title, a language, tags, texts beside pictures.
STANDARD = "ua-1"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _SIGKILL = 1, 38, 9


def main() -> None:
    """Read the data, write the report, and exit with 0; any error ends the process otherwise."""
    confine()
    data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        sys.exit(2)
    sys.stdout.buffer.write(render(data.decode()))


def confine() -> bool:
    """Take the limits, for good, and leave the network; return whether the kernel let it."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    os.nice(NICENESS)
    libc = ctypes.CDLL(None, use_errno=True)
    # Before typst makes threads: a process of several may not. Where it is refused, the limits remain.
    has_left: bool = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return has_left


def render(data: str) -> bytes:
    """Return the report as a PDF."""
    import typst  # after the limits: its threads are made as it is loaded

    template = Path(__file__).with_name("year.typ").read_bytes()
    try:
        return _compile(typst, template, data, [STANDARD])
    except typst.TypstError:
        # A character without a glyph, which `printable.py` should have known: then it is an empty box.
        return _compile(typst, template, data, [])


def _compile(typst: object, template: bytes, data: str, standards: list[str]) -> bytes:
    made = typst.compile(  # type: ignore[attr-defined]
        template, sys_inputs={"data": data}, ignore_system_fonts=True, pdf_standards=standards
    )
    assert isinstance(made, bytes)
    return made


if __name__ == "__main__":
    main()
