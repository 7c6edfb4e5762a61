"""
The child: `python -m modules.media.processing <source file> <target folder>`.

It prints one JSON object, and exits with 0 whether it made variants or refused. Run so, by hand, it is as
limited as when `process` runs it, which adds a time limit by the clock.
"""

import json
import os
import sys
import warnings
from typing import Any, TextIO

from PIL import Image

from modules.media.processing import decoding, sandbox, sources, variants
from modules.media.processing.refusals import Reason, Refused


def main() -> None:
    """Process the one file that the command line names."""
    sandbox.limit()
    warnings.simplefilter("error")
    # Opened now: later no file of the system can be.
    with open("/proc/self/status", encoding="ascii") as status:
        confined: list[str] = []
        said = respond(os.path.abspath(sys.argv[1]), sys.argv[2], confined)
        print(json.dumps({**said, "confined": confined, "peak_kib": _peak(status)}))  # noqa: T201 (its answer)


def respond(source: str, target: str, confined: list[str]) -> dict[str, Any]:
    """
    Turn a file into variants within this very process, and describe them; it can do little else after.

    :param confined: is filled with what the kernel granted
    """
    try:
        return _described(source, target, confined)
    except Refused as refused:
        return {"ok": False, "reason": refused.reason, "detail": refused.detail}
    except MemoryError:
        return _unprocessable("It needs more memory than the child may take.")
    except OSError as error:
        return _unprocessable(f"The child could not read or write: {error}")


def _described(source: str, target: str, confined: list[str]) -> dict[str, Any]:
    os.chdir(target)
    data = sources.read_source(source)
    kind = sources.find_type(data)
    plugin = decoding.load_plugin(kind)
    confined += sandbox.confine(_libraries(), ".")
    try:
        picture = decoding.open_picture(data, kind, plugin)
        rendered = variants.render(picture)
    except (Refused, MemoryError):
        raise
    except Exception as error:
        # Decoders end in any error there is; warnings are errors too.
        raise Refused(Reason.UNREADABLE, f"{type(error).__name__}: {error}"[:300]) from error
    return {
        "ok": True,
        "type": kind,
        "width": rendered.width,
        "height": rendered.height,
        "blurhash": rendered.blurhash,
        "frames": picture.frames,
        "variants": [_written(each) for each in rendered.variants],
    }


def _written(variant: variants.Encoded) -> dict[str, Any]:
    with open(variant.file, "xb") as file:
        file.write(variant.data)
    described = {name: value for name, value in variant._asdict().items() if name != "data"}
    return {**described, "bytes": len(variant.data)}


def _libraries() -> list[str]:
    """Where code may still be imported from: the standard library and Pillow."""
    return [os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(Image.__file__))]


def _unprocessable(detail: str) -> dict[str, Any]:
    return {"ok": False, "reason": Reason.UNPROCESSABLE, "detail": detail}


def _peak(status: TextIO) -> int:
    """Return the resident memory of this process at most, in KiB: `ru_maxrss` remembers the parent's."""
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
