"""The manifests of Kubernetes, rendered and held to its schema and to each other; no cluster saw them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve

from config import env as environment
from config.env import ROOT
from deploy.embedded import secrets
from modules.kernel.sizes import MAX_BODY

FOLDER = ROOT / "deploy" / "kubernetes"
OVERLAY = FOLDER / "overlays" / "example"
BIN = Path(sys.executable).parent
# What the Secret `banyan` holds, as docs/operations.md says.
SECRET = {
    "BANYAN_SECRET_KEY": "kubernetes-kubernetes-kubernetes-kubernetes",
    "BANYAN_OIDC_PRIVATE_KEY": secrets.generate().oidc_private_key,
    "BANYAN_DIRECTORY_URL": "postgres://banyan_api:x@directory/banyan",
    "BANYAN_INSTANCES": "a=postgres://banyan_api:x@a/banyan,b=postgres://banyan_api:x@b/banyan",
    "BANYAN_REDIS_CACHE_URL": "rediss://:x@cache/0",
    "BANYAN_REDIS_HOT_URL": "rediss://:x@hot/0",
    "BANYAN_BROKER_URL": "rediss://:x@broker/0",
    "BANYAN_EMAIL_URL": "smtps://x:x@mail.example.org",
    "BANYAN_MEDIA_S3_ACCESS_KEY": "kubernetes",
    "BANYAN_MEDIA_S3_SECRET_KEY": "kubernetes-kubernetes",
}
_QUANTITY = re.compile(r"\d+(\.\d+)?(m|Ki|Mi|Gi)?")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

Manifest = dict[str, Any]


def render(folder: Path) -> list[Manifest]:
    rendered = subprocess.run(
        [BIN / "kubectl", "kustomize", folder], capture_output=True, text=True, check=False
    )
    assert rendered.returncode == 0, rendered.stderr
    return list(yaml.safe_load_all(rendered.stdout))


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    """Everything of the example installation, the migrations of its release first."""
    return render(OVERLAY / "migrate") + render(OVERLAY)


def of_kind(manifests: list[Manifest], *kinds: str) -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] in kinds}


def pods(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Return the template of each Deployment and Job by its name."""
    found = of_kind(manifests, "Deployment", "Job")
    return {name: each["spec"]["template"] for name, each in found.items()}


def selected(manifests: list[Manifest], labels: dict[str, str]) -> list[str]:
    """Return whose pods bear the labels."""
    return [
        name for name, pod in pods(manifests).items() if labels.items() <= pod["metadata"]["labels"].items()
    ]


class TestManifests:
    def test_are_what_kubernetes_takes_and_warn_of_nothing(self, manifests, tmp_path):
        (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(manifests))

        judged = subprocess.run(
            [BIN / "kubernetes-validate", "--strict", tmp_path / "all.yaml"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (judged.returncode, re.findall("WARN.*|ERROR.*", judged.stdout + judged.stderr)) == (0, [])

    def test_run_each_process_that_compose_runs_in_the_same_way(self, manifests):
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        commands = {
            name: pod["spec"]["containers"][0].get("command") for name, pod in pods(manifests).items()
        }

        assert set(commands) == {
            "migrate",
            "api",
            "realtime",
            "worker",
            "worker-media",
            "worker-exports",
            "relay",
            "beat",
        }
        assert commands["api"] is None
        for name in ("realtime", "worker", "worker-media", "worker-exports", "relay", "beat"):
            assert commands[name] == compose[name]["command"]

    def test_name_things_as_dns_can(self, manifests):
        names = [each["metadata"]["name"] for each in manifests]

        assert [name for name in names if not _NAME.fullmatch(name)] == []
        assert len({(each["kind"], each["metadata"]["name"]) for each in manifests}) == len(names)

    def test_write_quantities_that_can_be_read(self, manifests):
        for pod in pods(manifests).values():
            [container] = pod["spec"]["containers"]
            bounds = [
                *container["resources"]["requests"].values(),
                *container["resources"]["limits"].values(),
            ]
            sizes = [
                volume["emptyDir"]["sizeLimit"] for volume in pod["spec"]["volumes"] if "emptyDir" in volume
            ]
            assert [text for text in (*bounds, *sizes) if not _QUANTITY.fullmatch(str(text))] == []
            assert len(bounds) == 4


class TestReferences:
    def test_of_selectors_are_to_pods_that_are_meant(self, manifests):
        for name, each in of_kind(manifests, "Deployment").items():
            assert selected(manifests, each["spec"]["selector"]["matchLabels"]) == [name]
        for name, each in of_kind(manifests, "PodDisruptionBudget").items():
            assert selected(manifests, each["spec"]["selector"]["matchLabels"]) == [name]
        services = of_kind(manifests, "Service")
        assert {name: selected(manifests, each["spec"]["selector"]) for name, each in services.items()} == {
            "api": ["api"],
            "realtime": ["realtime"],
        }
        policies = of_kind(manifests, "NetworkPolicy")
        closed = policies["processes"]["spec"]["podSelector"]["matchLabels"]
        assert sorted(selected(manifests, closed)) == [
            *("api", "beat", "migrate", "realtime", "relay", "worker", "worker-exports", "worker-media"),
        ]
        assert policies["processes"]["spec"]["ingress"] == []

    def test_of_autoscalers_are_to_deployments_whose_number_nobody_else_sets(self, manifests):
        scaled = {
            each["spec"]["scaleTargetRef"]["name"]
            for each in of_kind(manifests, "HorizontalPodAutoscaler").values()
        }
        fixed = {
            name for name, each in of_kind(manifests, "Deployment").items() if "replicas" in each["spec"]
        }

        assert (scaled, fixed) == (
            {"api", "worker"},
            {"realtime", "relay", "beat", "worker-media", "worker-exports"},
        )

    def test_of_ports_are_to_ports_that_are_there(self, manifests):
        for name, service in of_kind(manifests, "Service").items():
            [port] = pods(manifests)[name]["spec"]["containers"][0]["ports"]
            assert service["spec"]["ports"][0]["targetPort"] == port["name"]
        [rule] = of_kind(manifests, "Ingress")["banyan"]["spec"]["rules"]
        led_to = {path["path"]: path["backend"]["service"] for path in rule["http"]["paths"]}
        assert led_to == {
            "/v1/realtime": {"name": "realtime", "port": {"name": "http"}},
            "/v1/me/updates": {"name": "realtime", "port": {"name": "http"}},
            "/": {"name": "api", "port": {"name": "http"}},
        }

    def test_of_volumes_are_to_volumes_that_are_there(self, manifests):
        for pod in pods(manifests).values():
            mounted = {mount["name"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
            assert mounted == {volume["name"] for volume in pod["spec"]["volumes"]}
        claims = [
            volume["persistentVolumeClaim"]["claimName"]
            for pod in pods(manifests).values()
            for volume in pod["spec"]["volumes"]
            if "persistentVolumeClaim" in volume
        ]
        assert claims == list(of_kind(manifests, "PersistentVolumeClaim")) == ["beat"]

    def test_of_probes_are_to_what_answers(self, manifests):
        for name, pod in pods(manifests).items():
            [container] = pod["spec"]["containers"]
            for probe in [container[kind] for kind in container if kind.endswith("Probe")]:
                if "httpGet" in probe:
                    resolve(probe["httpGet"]["path"])
                else:
                    *_, script, process = probe["exec"]["command"]
                    assert ((ROOT / script).exists(), process) == (True, name.partition("-")[0])


class TestProcesses:
    def test_may_do_nothing_that_they_need_not(self, manifests):
        for pod in pods(manifests).values():
            spec, [container] = pod["spec"], pod["spec"]["containers"]
            assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (
                True,
                10001,
            )
            assert spec["automountServiceAccountToken"] is False
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }

    def test_are_given_the_time_that_they_need_to_stop(self, manifests):
        spec = pods(manifests)["api"]["spec"]
        pause = int(spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][-1])
        [graceful] = re.findall(
            r"^graceful_timeout = (\d+)", (ROOT / "config/gunicorn.py").read_text(), re.MULTILINE
        )

        assert spec["terminationGracePeriodSeconds"] > pause + int(graceful)

    def test_are_told_all_that_they_have_to_know(self, manifests, monkeypatch):
        config = of_kind(manifests, "ConfigMap")["banyan"]["data"]
        for name in [name for name in os.environ if name.startswith("BANYAN_")]:
            monkeypatch.delenv(name)
        for name, value in {**config, **SECRET}.items():
            monkeypatch.setenv(name, value)

        env = environment.load.__wrapped__()

        assert (env.public_url, env.trusted_proxies) == ("https://api.social.example", 1)
        assert {f"BANYAN_{field.upper()}" for field in env.__slots__} >= config.keys()
        assert "localhost" in env.allowed_hosts

    def test_take_secrets_from_secrets_alone(self, manifests):
        taken = {
            name: [
                each["secretRef"]["name"]
                for each in pod["spec"]["containers"][0]["envFrom"]
                if "secretRef" in each
            ]
            for name, pod in pods(manifests).items()
        }

        assert taken == {
            "migrate": ["banyan", "banyan-migrate"],
            "api": ["banyan"],
            "realtime": ["banyan"],
            "worker": ["banyan"],
            "worker-media": ["banyan"],
            "worker-exports": ["banyan"],
            "relay": ["banyan", "banyan-relay"],
            "beat": ["banyan"],
        }
        assert SECRET.keys().isdisjoint(of_kind(manifests, "ConfigMap")["banyan"]["data"])


def test_the_ingress_takes_bodies_as_long_as_the_api_does(manifests):
    said = of_kind(manifests, "Ingress")["banyan"]["metadata"]["annotations"]

    assert said["nginx.ingress.kubernetes.io/proxy-body-size"] == str(MAX_BODY)
