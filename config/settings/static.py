"""Files of pages: collected once into a folder, named after their content, and served by a proxy or a CDN."""

from importlib.resources import files
from typing import Any

from config.env import ROOT, Env
from config.settings import media

_SWAGGER_UI = "static/drf_spectacular_sidecar/swagger-ui-dist"


def static(env: Env) -> dict[str, Any]:
    """Return Django's settings of static files; without an address, we serve them beside the pages."""
    return {
        "STATIC_URL": env.static_url or "/static/",
        "SERVES_FILES_ITSELF": not env.static_url,
        "STATIC_ROOT": str(env.static_dir),
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.FileSystemFinder"],
        "STATICFILES_DIRS": [
            ("docs", str(ROOT / "openapi" / "static")),
            ("ops", str(ROOT / "config" / "operations" / "static")),
            ("docs", str(files("drf_spectacular_sidecar") / _SWAGGER_UI)),
        ],
        # A name changes with the content, so that it may be kept for ever and two releases live side by side.
        "STORAGES": {
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
            "media": media.storage(env),
        },
    }
