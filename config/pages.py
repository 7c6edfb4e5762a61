"""What pages of our own, but those of signing in, may do in a browser: run their files, and hear sockets."""

from urllib.parse import urlsplit

from django.conf import settings

from modules.kernel.http.files import allow_files

_POLICY = (
    "default-src 'none'; script-src {ours}; style-src {ours}; connect-src 'self' {sockets}; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)


def policy() -> str:
    """Return the policy of such a page (Content-Security-Policy)."""
    parts = urlsplit(settings.REALTIME.url)
    return allow_files(_POLICY.replace("{sockets}", f"{parts.scheme}://{parts.netloc}"))
