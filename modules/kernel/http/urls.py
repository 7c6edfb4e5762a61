"""What belongs to no context: health, the contract and its pages."""

from django.urls import path
from django.views.decorators.http import require_safe

from modules.kernel.http import docs, health

urlpatterns = [
    path("", require_safe(docs.index)),
    path("v1", require_safe(docs.index)),
    path("v1/", require_safe(docs.index)),
    path("docs/", require_safe(docs.without_slash)),
    path("docs/errors/", require_safe(docs.without_slash)),
    path("healthz", require_safe(health.live)),
    path("readyz", require_safe(health.ready)),
    path("v1/openapi.json", require_safe(docs.openapi)),
    path("docs", require_safe(docs.page)),
    path("docs/errors", require_safe(docs.error_codes)),
    path("docs/oauth2-redirect.html", require_safe(docs.oauth_redirect)),
    path("docs/assets/<str:name>", require_safe(docs.asset)),
]
