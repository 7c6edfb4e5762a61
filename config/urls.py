"""Every URL: contexts at /v1/, signing in, and what belongs to no context."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

from config import health
from config.operations import views
from config.settings.contexts import CONTEXTS
from modules.accounts.urls import identity
from modules.mail.api.provider_news import take_provider_news


def _of_contexts() -> Iterator[URLPattern]:
    """Yield every context's paths side by side, the hot ones first: each include costs every request 8 us."""
    for name in reversed(CONTEXTS):
        if find_spec(f"modules.{name}.urls") is None:
            continue
        for pattern in import_module(f"modules.{name}.urls").urlpatterns:
            yield path(f"v1/{pattern.pattern}", pattern.callback)


def _live() -> list[URLPattern]:
    """Return the pages of the demo, where there is one."""
    if not settings.LIVE_PAGE:
        return []
    from config.live import views as live

    return [path("live", require_safe(live.page)), path("live/assets/<str:name>", require_safe(live.asset))]


urlpatterns: list[URLPattern | URLResolver] = [
    *_of_contexts(),
    path("v1/operations/status", views.Status.as_view()),
    path("ops", require_safe(views.page)),
    path("ops/assets/<str:name>", require_safe(views.asset)),
    path("hooks/mail", take_provider_news),
    *_live(),
    path("healthz", require_safe(health.live)),
    path("readyz", require_safe(health.ready)),
    *identity,
    path("", include("openapi.urls")),
]

handler400 = "modules.kernel.http.problems.handler400"
handler403 = "modules.kernel.http.problems.handler403"
handler404 = "modules.kernel.http.callers.handler404"
handler500 = "modules.kernel.http.problems.handler500"
