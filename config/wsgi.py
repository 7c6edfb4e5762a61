"""The WSGI application: REST, behind gunicorn."""

import os

import django

from config.startup import pause_collector, resume_collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

pause_collector()
# As `get_wsgi_application` does it.
django.setup(set_prefix=False)

from config.serving.application import Application  # noqa: E402 - it needs the settings

application = Application()

# Before gunicorn forks: else every worker would load all endpoints in its first request.
pause_collector()  # once more: the end of the setup has resumed it
application.routes  # noqa: B018
resume_collector()
