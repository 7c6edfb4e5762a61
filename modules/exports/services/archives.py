"""
The zip: a JSON document for each part that a context has, an index of them, and a text that explains them.

It is written page by page, so that of somebody with a hundred thousand posts no more is in memory than of
somebody with none.
"""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any, Final

import orjson

from modules.exports.errors import TooLarge
from modules.kernel.archives import Part, in_pages, list_parts

FORMAT: Final = 1
_ENTRY_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
_INDENTED: Final = _ENTRY_OPTIONS | orjson.OPT_INDENT_2
# Python's own default; nine takes four times as long for a hundredth less.
_LEVEL: Final = 6

_README: Final = """\
This is all that {service} keeps of you, as of {made_at:%d %B %Y, %H:%M} UTC.

Each .json file is a list of objects, oldest first where they have a time. index.json says what each file is,
how many entries it has, and its SHA-256 digest. Times are UTC. Ids are texts of digits, as in the API.

Of other people there are ids and usernames here, never what they wrote: that is theirs, and may be private.
A username is null if the account is not there any more. Posts of others that you reacted to, kept or passed
on are named by their ids: GET /v1/posts/ followed by the id shows one, if you may see it.

Your images and videos are named in media.json, and are not in here: GET /v1/media/ followed by the id gives
addresses of their files, which hold for an hour.

Nobody else was given this file. It says much about you: keep it where nobody else reads it.

{files}
"""


def write_archive(
    user_id: int,
    target: IO[bytes],
    *,
    service: str,
    now: datetime,
    tell: Callable[[int], None],
    max_bytes: int,
) -> None:
    """
    Write all that is a user's as a zip into an open file.

    :param tell: is told after each page how much is done, in percent
    :raises TooLarge: if the zip would have more bytes
    """
    parts = list_parts()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        files = []
        for done, part in enumerate(parts):

            def note(progress: int = 100 * done // len(parts)) -> None:
                if target.tell() > max_bytes:
                    raise TooLarge
                tell(progress)

            files.append(_write_part(archive, part, user_id, now, note))
        index = {"format": FORMAT, "user_id": str(user_id), "made_at": now, "files": files}
        archive.writestr(_named("index.json", now), orjson.dumps(index, option=_INDENTED))
        listed = "\n".join(f"{each['name']}\n    {each['about']}" for each in files)
        text = _README.format(service=service, made_at=now, files=listed)
        archive.writestr(_named("README.txt", now), text)


def _write_part(
    archive: zipfile.ZipFile, part: Part, user_id: int, now: datetime, note: Callable[[], None]
) -> dict[str, Any]:
    """Write a document, and return what the index says of it."""
    entries, digest, size = 0, hashlib.sha256(), 0
    with archive.open(_named(part.name, now), "w", force_zip64=True) as document:

        def write(content: bytes) -> None:
            nonlocal size
            document.write(content)
            digest.update(content)
            size += len(content)

        write(b"[")
        note()
        for page in in_pages(part.read(user_id)):
            lines = [orjson.dumps(entry, option=_ENTRY_OPTIONS) for entry in page]
            write((b",\n" if entries else b"\n") + b",\n".join(lines))
            entries += len(lines)
            note()
        write(b"\n]\n" if entries else b"]\n")
    return {
        "name": part.name,
        "about": part.about,
        "entries": entries,
        "bytes": size,
        "sha256": digest.hexdigest(),
    }


def _named(name: str, now: datetime) -> zipfile.ZipInfo:
    """Return the entry of a file that was made now, and that its owner may read."""
    info = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
