"""Base with made-up addresses, for tools that load settings but connect to nothing (mypy, checks)."""

import os

for _name, _value in {
    "SECRET_KEY": "only-for-type-checking-never-for-running",
    "DIRECTORY_URL": "postgres://nobody@localhost:1/directory",
    "INSTANCES": "a=postgres://nobody@localhost:1/a,b=postgres://nobody@localhost:1/b",
    "REDIS_CACHE_URL": "redis://localhost:1/0",
    "REDIS_HOT_URL": "redis://localhost:1/1",
    "BROKER_URL": "redis://localhost:1/2",
}.items():
    os.environ.setdefault(f"BANYAN_{_name}", _value)

from config.settings.base import *  # noqa: E402, F403
