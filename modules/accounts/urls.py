"""Paths of accounts under `/v1/`."""

from django.urls import path

from modules.accounts.api.apps import App, Apps, Audit, Key, Keys, Rotations, Secrets
from modules.kernel.http import converters  # noqa: F401 - registers <id:…>

urlpatterns = [
    path("apps", Apps.as_view()),
    path("apps/<slug:app_id>", App.as_view()),
    path("apps/<slug:app_id>/secrets", Secrets.as_view()),
    path("apps/<slug:app_id>/keys", Keys.as_view()),
    path("apps/<slug:app_id>/keys/<id:key_id>", Key.as_view()),
    path("apps/<slug:app_id>/keys/<id:key_id>/rotations", Rotations.as_view()),
    path("apps/<slug:app_id>/audit", Audit.as_view()),
]
