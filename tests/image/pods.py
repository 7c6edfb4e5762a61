"""The Deployments of deploy/kubernetes, played by podman in place of the site's own processes."""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.embedded.layout import ROOT
from deploy.embedded.ports import free_port
from tests.image.engine import favour
from tests.image.people import Person, until
from tests.image.shell import Failed, claim, run
from tests.image.site import Site

_OVERLAY = ROOT / "deploy" / "kubernetes" / "overlays" / "example"
_DEPLOYMENTS = {"api", "worker", "relay", "beat"}
_HELD = ("Uid:", "CapEff:", "NoNewPrivs:")
_HOST = re.compile(r"(?<=@)[\w.-]+(?=[:/])")
# Those of whoever starts it may be out of reach here; without systemd, groups are made as files.
_SETTINGS = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Podman:
    """podman with a storage of its own, which ends with the run."""

    folder: Path

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> str:
        """Return what a command says."""
        places = ("--root", self.folder / "storage", "--runroot", self.folder / "run")
        settings = {"CONTAINERS_CONF": str(self.folder / "containers.conf")}
        return run("podman", *places, *words, env=settings, stdin=stdin)


def check_deployments(site: Site, people: list[Person]) -> None:
    """Each Deployment runs as it is written, and together they do what the site's own processes do."""
    port = free_port()
    own = ("api-1", "api-2", "worker", "relay", "beat")
    with _podman(site.folder / "pods") as podman:
        podman("load", "--quiet", "--input", _save(site))
        _add_secrets(podman, site)
        file = site.folder / "pods.yaml"
        file.write_text(yaml.safe_dump_all(_manifests(site, port)))
        site.compose("stop", *own[2:])
        podman("kube", "play", "--network", "host", "--quiet", file)
        favour("libpod_parent")
        try:
            with httpx.Client(base_url=f"http://localhost:{port}", timeout=20) as client:
                ready = until(lambda: _ready(client))
                claim(set(ready["instances"].values()) == {"ok"}, f"the api of Kubernetes says {ready}")
            for name in ("worker", "relay", "beat"):
                claim(until(partial(_says_alive, podman, name)), f"{name} is alive, as its probe asks")
            post = people[0].publish("From pods")
            until(lambda: all(post in person.home() for person in people))
            claim(True, "relay and worker of Kubernetes bring a post to all homes")
            _check_closed(podman)
        except (Failed, AssertionError):
            for name in _DEPLOYMENTS:
                print(podman("logs", "--tail", "40", _container(name)), file=sys.stderr)
            raise
        finally:
            podman("kube", "down", file)
    site.compose("up", "--detach", "--wait", *own)


def _save(site: Site) -> Path:
    """Return the image as a file."""
    file = site.folder / "banyan.tar"
    site.engine.docker("save", "--output", file, "banyan:latest")
    return file


@contextmanager
def _podman(folder: Path) -> Iterator[Podman]:
    folder.mkdir()
    (folder / "containers.conf").write_text(_SETTINGS)
    podman = Podman(folder)
    try:
        yield podman
    finally:
        podman("system", "reset", "--force")


def _manifests(site: Site, port: int) -> Iterator[Manifest]:
    """Yield what the example renders to, with this site's values in place of a cluster's."""
    kubectl = Path(sys.executable).parent / "kubectl"
    for each in yaml.safe_load_all(run(kubectl, "kustomize", _OVERLAY)):
        name = each["metadata"]["name"]
        if each["kind"] == "ConfigMap" and name == "banyan":
            each["data"] |= {"BANYAN_HOST": "127.0.0.1", "BANYAN_PORT": str(port)}
            each["data"]["BANYAN_ALLOWED_HOSTS"] = "localhost"
            yield _with_media_of(each, site)
        if each["kind"] == "Deployment" and name in _DEPLOYMENTS:
            [container] = each["spec"]["template"]["spec"]["containers"]
            container |= {"image": "localhost/banyan:latest", "imagePullPolicy": "Never"}
            # They share this machine's network, on which the site's databases are: no port is mapped.
            container.pop("ports", None)
            each["spec"]["replicas"] = 1
            yield _with_own_volumes(each)


def _with_media_of(config: Manifest, site: Site) -> Manifest:
    """Return a ConfigMap that names the site's folder of media and no bucket, for there is none."""
    own = {name: value for name, value in _environment(site, "api-1").items() if "_MEDIA_" in name}
    others = {name: value for name, value in config["data"].items() if "_MEDIA_" not in name}
    return {**config, "data": {**others, **own}}


def _with_own_volumes(deployment: Manifest) -> Manifest:
    """Return a Deployment whose volumes are called after it: podman has pods share those of one name."""
    pod = deployment["spec"]["template"]["spec"]
    for each in [*pod["volumes"], *pod["containers"][0]["volumeMounts"]]:
        each["name"] = f"{deployment['metadata']['name']}-{each['name']}"
    return deployment


def _environment(site: Site, service: str) -> dict[str, str]:
    """Return a service's variables; the names that only compose resolves are addresses in it."""
    ids = site.compose("ps", "--quiet").split()
    inspected = json.loads(site.engine.docker("inspect", *ids))
    of = {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in inspected}
    addresses = {
        name: next(iter(one["NetworkSettings"]["Networks"].values()))["IPAddress"] for name, one in of.items()
    }
    pairs = (variable.partition("=") for variable in of[service]["Config"]["Env"])
    return {
        name: _HOST.sub(lambda found: addresses.get(found[0], found[0]), value) for name, _, value in pairs
    }


def _add_secrets(podman: Podman, site: Site) -> None:
    """Give podman what a cluster has as Secrets; it knows one as JSON of base64."""
    of_api, of_relay = _environment(site, "api-1"), _environment(site, "relay")
    secret = [name for name in of_api if re.search("_KEY$|_URL$|_INSTANCES$|_REPLICAS$", name)]
    held = {
        "banyan": {name: of_api[name] for name in secret},
        "banyan-relay": {name: of_relay[name] for name in secret if "postgres:" in of_relay[name]},
    }
    for name, values in held.items():
        encoded = {key: b64encode(value.encode()).decode() for key, value in values.items()}
        podman("secret", "create", name, "-", stdin=json.dumps(encoded).encode())


def _ready(client: httpx.Client) -> Any:
    """Return what the api says of itself once it is ready."""
    try:
        answer = client.get("/readyz")
    except httpx.TransportError:
        return None
    return answer.json() if answer.status_code == 200 else None


def _says_alive(podman: Podman, name: str) -> str:
    """Return what a process says of itself, nothing if it is not well."""
    with suppress(Failed):
        return podman("exec", _container(name), "python", "-I", "-S", "config/alive.py", name)
    return ""


def _container(name: str) -> str:
    return f"{name}-pod-0-{name}"


def _check_closed(podman: Podman) -> None:
    """Claim that the security contexts are in force."""
    for name in sorted(_DEPLOYMENTS):
        [found] = json.loads(podman("inspect", _container(name)))
        status = podman("exec", _container(name), "cat", "/proc/1/status")
        held = {line.split()[0]: line.split()[1] for line in status.splitlines() if line.startswith(_HELD)}
        is_closed = found["HostConfig"]["ReadonlyRootfs"] and found["Config"]["User"] == "10001:10001"
        if not is_closed or held != {"Uid:": "10001", "CapEff:": "0" * 16, "NoNewPrivs:": "1"}:
            raise Failed(f"{name} is not closed: {found['Config']['User']}, {held}")
    claim(True, "each runs by number, read-only, without capabilities and cannot gain any")
