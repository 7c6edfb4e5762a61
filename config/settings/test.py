"""Base for the test suite: the throwaway stack's environment, quick hashes, serial scatter, calm relays."""

from dataclasses import replace

from config.settings.accounts import FAST_HASHERS
from config.settings.base import *  # noqa: F403
from config.settings.base import INSTALLED_APPS, RELAY, SHARDING

INSTALLED_APPS = [*INSTALLED_APPS, "tests.sharding.app"]
PASSWORD_HASHERS = FAST_HASHERS
# No threads that refresh or watch: pytest-django lets none but the test itself touch a database.
SHARDING = replace(SHARDING, serial=True, shard_map_ttl=0, replica_check_s=0)
# A lease outlives a test's patience otherwise; the order of things is the same.
# And relays look ten times a second, not forty: they idle beside tests that have the cores to themselves.
RELAY = replace(RELAY, poll_s=0.1, lease_s=2.0, backoff_s=0.05, broker_wait_s=0.05)
