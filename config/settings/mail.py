"""Mails: who takes them. Only a worker ever talks to that server (modules/mail/services/servers.py)."""

from email.utils import parseaddr
from typing import Any

from config import checks_of_values as values
from config.env import Env
from modules.mail.schemas import MailSettings

_BACKENDS = {"file": "filebased", "console": "console"}
# What anymail does unless it is told otherwise: nothing follows who reads, and no mail is lost for a header
# that a provider does not know.
_ANYMAIL = {
    "IGNORE_UNSUPPORTED_FEATURES": True,
    "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
    "REQUESTS_TIMEOUT": 20,
}


def mail(env: Env) -> dict[str, Any]:
    """Return Django's settings of mails, and ours."""
    server = env.email_url
    django = f"django.core.mail.backends.{_BACKENDS.get(server.scheme, 'smtp')}.EmailBackend"
    provider = server.host if server.scheme == "anymail" else ""
    return {
        "EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend" if provider else django,
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_TLS": server.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": server.scheme == "smtps",
        "EMAIL_FILE_PATH": server.folder or None,
        # Of each step of the talk; a mail is tried again after two minutes (services/sending.py).
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": env.email_from,
        "ANYMAIL": _ANYMAIL | env.anymail,
        "MAIL": MailSettings(
            provider=provider,
            hears_provider=bool(provider and env.anymail.get("WEBHOOK_SECRET")),
            dkim_key=values.unfold(env.dkim_key),
            dkim_selector=env.dkim_selector,
            dkim_domain=env.dkim_domain or parseaddr(env.email_from)[1].rpartition("@")[2],
        ),
    }
