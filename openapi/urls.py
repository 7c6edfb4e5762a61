"""The contract and its pages."""

from django.urls import path
from django.views.decorators.http import require_safe

from modules.kernel.http.callers import counted
from openapi import pages

urlpatterns = [
    path("", require_safe(pages.index)),
    path("v1", require_safe(pages.index)),
    path("v1/", counted(require_safe(pages.index))),
    path("docs/", require_safe(pages.without_slash)),
    path("docs/errors/", require_safe(pages.without_slash)),
    path("v1/openapi.json", counted(require_safe(pages.openapi))),
    path("docs", require_safe(pages.page)),
    path("docs/errors", require_safe(pages.error_codes)),
    path("docs/oauth2-redirect.html", require_safe(pages.oauth_redirect)),
    path("docs/assets/<str:name>", require_safe(pages.asset)),
]
