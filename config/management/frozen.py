"""
Frozen migrations: what stands in each of their files, by hash, in `config/migrations.sha256`.

Instances have run a migration as it was; one that joins later must run the same. So a file that was listed
never changes again, and whoever changes it is told by `make check`.
"""

import hashlib
from pathlib import Path

LIST = Path("config", "migrations.sha256")
_FOLDERS = ("sharding/migrations", "modules/*/migrations")

Hashes = dict[str, str]


def hash_files(root: Path) -> Hashes:
    """Return what stands in all files of all migrations: path to SHA-256."""
    found = (
        file for folder in _FOLDERS for suffix in ("py", "sql") for file in root.glob(f"{folder}/*.{suffix}")
    )
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(found)
        if file.name != "__init__.py"
    }


def read_list(root: Path) -> Hashes:
    """Return the list, which is as `sha256sum` writes it."""
    file = root / LIST
    lines = file.read_text().splitlines() if file.exists() else []
    return {path: digest for digest, _, path in (line.partition("  ") for line in lines)}


def write_list(root: Path, hashes: Hashes) -> None:
    """Write the list, by path."""
    lines = (f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    (root / LIST).write_text("".join(lines))


def list_broken(listed: Hashes, found: Hashes) -> list[str]:
    """Return what was listed and is not so any more: changed, or gone."""
    return [path for path, digest in listed.items() if found.get(path) != digest]
