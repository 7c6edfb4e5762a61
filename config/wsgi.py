"""The WSGI application: REST, behind gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.startup import pause_collector, resume_collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

pause_collector()
application = get_wsgi_application()

# Before gunicorn forks: else every worker would load all endpoints in its first request.
pause_collector()
get_resolver().url_patterns  # noqa: B018
resume_collector()
