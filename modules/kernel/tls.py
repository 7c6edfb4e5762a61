"""The words of URLs about TLS, the same for Redis and RabbitMQ; they are redis-py's."""

import ssl
from collections.abc import Mapping

_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_CHOICES = {"ssl_cert_reqs": ("required", "optional", "none"), "ssl_check_hostname": ("true", "false")}
WORDS = frozenset({*_FILES, *_CHOICES})


def check_words(options: Mapping[str, str]) -> None:
    """:raises ValueError: if a value is none of its word's, or a key has no certificate"""
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise ValueError("ssl_keyfile needs an ssl_certfile")
    for word, choices in _CHOICES.items():
        if options.get(word, choices[0]) not in choices:
            raise ValueError(f"{word} is one of {', '.join(choices)}")


def with_defaults(options: Mapping[str, str]) -> dict[str, str | bool]:
    """Return what redis-py is told: certificates and names are verified unless the URL says otherwise."""
    said: dict[str, str | bool] = {"ssl_cert_reqs": "required", **options}
    return said | {"ssl_check_hostname": options.get("ssl_check_hostname", "true") == "true"}


def context_of(tls: Mapping[str, str | bool]) -> ssl.SSLContext:
    """
    Return what a socket is wrapped by; made once, for it reads files.

    :raises ValueError: if one of them cannot be read
    """
    authorities, certificate, key = (str(tls[word]) if word in tls else None for word in _FILES)
    try:
        context = ssl.create_default_context(cafile=authorities)
        if certificate:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        files = ", ".join(word for word in _FILES if word in tls)
        raise ValueError(f"{files} cannot be used: {error.strerror or error}") from None
    is_verified = tls["ssl_cert_reqs"] != "none"
    context.check_hostname = is_verified and bool(tls["ssl_check_hostname"])
    context.verify_mode = ssl.CERT_REQUIRED if is_verified else ssl.CERT_NONE
    return context
