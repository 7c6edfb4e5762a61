"""Many commands of `manage.py` for the price of one start: each in a fork of a process that is set up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SECRET = "never-to-be-seen-never-to-be-seen-never-to-be-seen"
# Servers that are named and do not exist.
NAMED = {
    "PATH": os.defpath,
    "BANYAN_SECRET_KEY": SECRET,
    "BANYAN_DIRECTORY_URL": "postgres://banyan:sesame@db.example:5432/banyan",
    "BANYAN_INSTANCES": "a=postgres://banyan:sesame@a.example/banyan",
    "BANYAN_REPLICAS": "",
    "BANYAN_EMAIL_URL": "smtps://banyan:sesame@mail.example",
    "BANYAN_REDIS_CACHE_URL": "redis://:sesame@redis.example/0",
    "BANYAN_REDIS_HOT_URL": "redis://:sesame@redis.example/1",
    "BANYAN_BROKER_URL": "redis://:sesame@redis.example/2",
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
}

# What `sys.exit` does with a text is done here: a fork must not come back from `manage.main`.
EACH_IN_A_FORK = """
import json, os, sys, tempfile, traceback
import manage
is_led = "BANYAN_DIRECTORY_URL" not in os.environ
if is_led:
    from deploy.embedded import environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    environment.adopt()
import django
django.setup()
if is_led:  # so that each command is led there by itself
    for name in environment.adopted:
        del os.environ[name]
    environment.adopted.clear()

# What a command imports, each fork would import anew.
from contextlib import suppress
from django.core.management import get_commands, load_command_class
for name in {words[0] for words in json.loads(sys.argv[1])}:
    with suppress(Exception):  # told by the command itself
        load_command_class(get_commands()[name], name)

def run(words):
    sys.argv = ["manage.py", *words]
    try:
        manage.main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0

done = []
for words in json.loads(sys.argv[1]):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            status = run(words)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        done.append([status, *texts])
print(json.dumps(done))
"""


def manage_each(
    commands: Sequence[Sequence[str]], *, cwd: Path, env: Mapping[str, str]
) -> list[subprocess.CompletedProcess[str]]:
    """Run commands one after the other, each in a fresh copy of a process that has done nothing yet."""
    words = [sys.executable, "-c", EACH_IN_A_FORK, json.dumps(commands)]
    ran = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [
        subprocess.CompletedProcess(list(command), *told)
        for command, told in zip(commands, json.loads(ran.stdout), strict=True)
    ]
