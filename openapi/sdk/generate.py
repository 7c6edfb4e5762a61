"""
Generates the SDKs from `openapi/banyan.yaml`: `make sdk`, or `--check` to compare and change nothing.

Only `/v1/` is generated: signing in is a conversation with allauth, which the hand-written layer holds.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).parent
CONTRACT = HERE.parent / "banyan.yaml"
PYTHON = HERE / "python" / "banyan_client" / "generated"
TYPES = HERE / "typescript" / "src" / "generated.ts"


def main() -> int:
    """Generate, and install or compare; return what to exit with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 if what is committed is older")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        contract = write_contract(Path(folder))
        made = [(generate_python(contract, Path(folder)), PYTHON)]
        if TYPES.parent.exists():
            made.append((generate_types(contract, Path(folder)), TYPES))
        if check:
            return report([place for new, place in made if not is_same(new, place)])
        for new, place in made:
            install(new, place)
    return 0


def write_contract(folder: Path) -> Path:
    """Write the part of the contract that is generated, and return where."""
    contract = yaml.load(CONTRACT.read_bytes(), yaml.CSafeLoader)
    contract["paths"] = {path: item for path, item in contract["paths"].items() if path.startswith("/v1/")}
    kept = contract["components"]
    kept["schemas"] = {name: part for name, part in kept["schemas"].items() if not name.startswith("Auth")}
    for section in ("responses", "parameters", "requestBodies"):
        kept.pop(section, None)
    kept["examples"] = {name: part for name, part in kept["examples"].items() if not name.startswith("Auth")}
    place = folder / "contract.json"
    place.write_text(json.dumps(contract))
    return place


def generate_python(contract: Path, folder: Path) -> Path:
    """Return the folder of a generated Python client."""
    made = folder / "python"
    (folder / "config.yaml").write_text("package_name_override: banyan_client.generated\n")
    run(
        "openapi-python-client",
        *("generate", "--path", str(contract), "--config", str(folder / "config.yaml")),
        *("--meta", "none", "--output-path", str(made), "--fail-on-warning"),
        *("--custom-template-path", str(HERE / "templates")),
    )
    # The generator hands `object`s to httpx's `__exit__`, which mypy refuses where it is strict.
    client = made / "client.py"
    client.write_text(client.read_text().replace("*args: object,", "*args: Any,"))
    return made


def generate_types(contract: Path, folder: Path) -> Path:
    """Return the file of generated TypeScript types."""
    made = folder / "generated.ts"
    package = HERE / "typescript"
    tool = package / "node_modules" / ".bin" / "openapi-typescript"
    if not tool.exists():
        run("npm", "ci", "--ignore-scripts", "--prefix", str(package))
    # What has a default may be left out of a request, so no type may require it.
    run(str(tool), str(contract), "--output", str(made), "--immutable", "--default-non-nullable=false")
    return made


def run(*words: str) -> None:
    """Run a generator with this environment's tools in its PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(words, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words[0]} failed:\n{done.stdout}{done.stderr}")


def is_same(new: Path, place: Path) -> bool:
    """Return whether what was made is what is committed."""
    if new.is_file():
        return place.exists() and new.read_bytes() == place.read_bytes()
    names = [sorted(str(at.relative_to(top)) for at in top.rglob("*.py")) for top in (new, place)]
    if names[0] != names[1]:
        return False
    _, mismatch, errors = filecmp.cmpfiles(new, place, names[0], shallow=False)
    return not mismatch and not errors


def install(new: Path, place: Path) -> None:
    """Put what was made in the place of what was there."""
    if new.is_file():
        shutil.copy(new, place)
        return
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(new, place, ignore=shutil.ignore_patterns("__pycache__", ".ruff_cache"))


def report(older: list[Path]) -> int:
    """Say what is older than the contract; return what to exit with."""
    for place in older:
        sys.stderr.write(f"{place.relative_to(HERE)} is older than the contract. Run: make sdk\n")
    return int(bool(older))


if __name__ == "__main__":
    sys.exit(main())
