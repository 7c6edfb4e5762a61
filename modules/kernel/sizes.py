"""How much a client may send. The worker of gunicorn reads it before there are settings."""

MAX_BODY = 262_144
