"""Queues: each has workers wherever Banyan is deployed, and none has the clock's work wait behind others'."""

import re
from pathlib import Path

import pytest
from celery import current_app

from config.settings.queues import PERIODIC, QUEUES
from sharding import outbox

ROOT = Path(__file__).parents[2]
WORKED_AT = re.compile(r'-Q"?, "?([a-z]+(?:,[a-z]+)*)')


@pytest.mark.parametrize("files", ["docker-compose.yml", "deploy/kubernetes/base/*.yaml"])
def test_each_has_workers(files):
    found = [names for path in ROOT.glob(files) for names in WORKED_AT.findall(path.read_text())]

    assert sorted(",".join(found).split(",")) == sorted(QUEUES)


def test_what_expires_waits_behind_no_news():
    current_app.loader.import_default_modules()

    assert [each.name for _, each in outbox.subscriptions() if each.queue == PERIODIC] == []
    assert {each.queue for _, each in outbox.subscriptions()} <= set(QUEUES)
