"""How much a client may send. The worker of gunicorn reads it before there are settings."""

MAX_BODY = 262_144
# Where strangers sign in: the longest that is meant there is a new passkey with its certificates.
MAX_SIGN_IN_BODY = 32_768
