"""The Celery application: `celery -A config.celery worker`."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("banyan")
app.config_from_object(settings.CELERY)
app.autodiscover_tasks()
