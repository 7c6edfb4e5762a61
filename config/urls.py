"""Every URL: contexts at /v1/, allauth at /auth/, and what belongs to no context."""

from django.urls import URLPattern, URLResolver, include, path

from config.settings.contexts import CONTEXTS

urlpatterns: list[URLPattern | URLResolver] = [
    *[path("v1/", include(f"modules.{name}.urls")) for name in CONTEXTS if name != "accounts"],
    path("auth/", include("allauth.headless.urls")),
    path("", include("modules.kernel.http.urls")),
]

handler400 = "modules.kernel.http.problems.handler400"
handler403 = "modules.kernel.http.problems.handler403"
handler404 = "modules.kernel.http.problems.handler404"
handler500 = "modules.kernel.http.problems.handler500"
