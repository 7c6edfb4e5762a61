#!/usr/bin/env python
"""Django's command line; `make` and Docker call it, and so can you."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    if "BANYAN_DIRECTORY_URL" not in os.environ:
        # Nobody said where the servers are, so those of `make up`. Docker has no need of this package.
        from config.stack import environment

        environment.adopt()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
