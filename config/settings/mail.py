"""Mails: who takes them. Only a worker ever talks to that server (modules/mail/services/mails.py)."""

from typing import Any

from config.env import Env

_BACKENDS = {"file": "filebased", "console": "console"}


def mail(env: Env) -> dict[str, Any]:
    """Return Django's settings of mails."""
    server = env.email_url
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{_BACKENDS.get(server.scheme, 'smtp')}.EmailBackend",
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_USE_TLS": server.scheme == "smtp+starttls",
        "EMAIL_USE_SSL": server.scheme == "smtps",
        "EMAIL_FILE_PATH": server.folder or None,
        # Of each step of the talk; a mail is tried again after two minutes (services/mails.py).
        "EMAIL_TIMEOUT": 10,
        "DEFAULT_FROM_EMAIL": env.email_from,
    }
