#!/usr/bin/env python
"""Django's command line; `make` and Docker call it, and so can you."""

import os
import sys
from importlib.util import find_spec


def main() -> None:
    if find_spec("django") is None:
        sys.exit("This Python lacks Banyan's libraries. Say .venv/bin/python manage.py …, or make help.")
    from config.management.trouble import explain, refuse_unreadable
    from config.startup import pause_collector

    pause_collector()
    refuse_unreadable(sys.argv[1:])
    adopted: dict[str, str] = {}
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
        if "BANYAN_DIRECTORY_URL" not in os.environ:
            # Nobody said where the servers are, so those of `make up`. Docker has no need of this package.
            from deploy.embedded import environment

            environment.adopt()
            adopted = environment.adopted
        from django.core.management import execute_from_command_line

        from sharding import tracebacks

        tracebacks.install()
        execute_from_command_line(sys.argv)
    except Exception as error:
        told = None if "--traceback" in sys.argv else explain(error, is_adopted=bool(adopted))
        if told is None:
            raise
        sys.exit(told)


if __name__ == "__main__":
    main()
