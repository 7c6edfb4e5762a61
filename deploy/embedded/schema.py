"""Whether the databases already have the schema of this code: asking Django would take two seconds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from deploy.embedded.layout import ROOT, Layout

SOURCES = ("sharding/migrations/*.py", "modules/*/migrations/*.py", "requirements/runtime.txt")


def digest() -> str:
    """Digest everything that the schema is made from; libraries bring migrations too."""
    total = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


class Notes:
    """What was done to the data, written beside it so that it goes when the data goes."""

    def __init__(self, layout: Layout) -> None:
        self._folder = layout.servers

    @property
    def is_migrated(self) -> bool:
        """Whether the schema is that of this code."""
        path = self._path("schema")
        return path.exists() and path.read_text() == digest()

    @property
    def is_seeded(self) -> bool:
        """Whether the demo was offered."""
        return self._path("seeded").exists()

    def migrated(self) -> None:
        """Note that the schema is that of this code."""
        self._path("schema").write_text(digest())

    def seeded(self) -> None:
        """Note that the demo was offered; it is not offered again to who has emptied it."""
        self._path("seeded").touch()

    def clear(self) -> None:
        """Forget both."""
        for name in ("schema", "seeded"):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.note"
