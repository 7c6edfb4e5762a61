"""`manage.py config` and the errors of config/env.py: everything at once, nothing secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from config.stack.layout import ROOT

SECRET = "never-to-be-seen-never-to-be-seen-never-to-be-seen"


def manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with servers that are named and do not exist."""
    named = {
        "BANYAN_SECRET_KEY": SECRET,
        "BANYAN_DIRECTORY_URL": "postgres://banyan:sesame@db.example:5432/banyan",
        "BANYAN_INSTANCES": "a=postgres://banyan:sesame@a.example/banyan",
        "BANYAN_REPLICAS": "",
        "BANYAN_EMAIL_URL": "smtps://banyan:sesame@mail.example",
        "BANYAN_REDIS_CACHE_URL": "redis://:sesame@redis.example/0",
        "BANYAN_REDIS_HOT_URL": "redis://:sesame@redis.example/1",
        "BANYAN_REDIS_BROKER_URL": "redis://:sesame@redis.example/2",
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.defpath, **named, **env},
        capture_output=True,
        text=True,
        check=False,
    )


class TestConfig:
    @pytest.mark.parametrize("words", [["config"], ["config", "--json"]])
    def test_masks_every_secret(self, words):
        shown = manage(*words)

        assert shown.returncode == 0, shown.stderr
        assert "a.example" in shown.stdout
        assert "sesame" not in shown.stdout
        assert SECRET not in shown.stdout

    def test_prints_effective_values_as_json(self):
        values = json.loads(manage("config", "--json", BANYAN_PORT="8123").stdout)

        assert values["port"] == 8123
        assert values["instances"] == {"a": "postgres://banyan:********@a.example/banyan"}

    def test_points_at_a_port_that_is_none_and_repeats_no_password(self):
        refused = manage("config", BANYAN_EMAIL_URL="smtps://banyan:ses/ame@mail.example")

        assert (refused.returncode, "BANYAN_EMAIL_URL" in refused.stderr, "ses" in refused.stderr) == (
            1,
            True,
            False,
        )

    def test_reports_all_errors_at_once(self):
        refused = manage(
            "config",
            BANYAN_PORT="eighty",
            BANYAN_SECRET_KEY="short",
            BANYAN_DIRECTORY_URL="mysql://x",
            BANYAN_EMAIL_URL="pigeon://x",
        )

        assert refused.returncode == 1
        for name in ("BANYAN_PORT", "BANYAN_SECRET_KEY", "BANYAN_DIRECTORY_URL", "BANYAN_EMAIL_URL"):
            assert name in refused.stderr
