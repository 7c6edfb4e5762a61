"""Where RabbitMQ answers, read from a URL; its words about TLS are those of rediss://."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from modules.kernel import tls as tls_words

_SCHEMES = {"amqp": frozenset[str](), "amqps": tls_words.WORDS}
_EXPECTED = "expected amqp[s]://user:password@host:port/vhost; write what is special in it as %2F"


@dataclass(frozen=True, slots=True)
class RabbitMQ:
    """
    A URL taken apart: amqp[s]://user:password@host:port/vhost?ssl_ca_certs=…

    `url` is what kombu reads, `tls` what py-amqp is told, None of what is not amqps://.
    """

    url: str
    tls: dict[str, object] | None

    @staticmethod
    def is_meant_by(url: str) -> bool:
        """Return whether a URL would lead to RabbitMQ, right or wrong."""
        return url.partition(":")[0] in _SCHEMES

    @classmethod
    def parse(cls, url: str) -> "RabbitMQ":
        """
        Return the address of a RabbitMQ.

        :raises ValueError: naming the word or the file that is wrong, but nothing of a password
        """
        parts = _split(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        unknown = sorted(options.keys() - _SCHEMES[parts.scheme])
        if unknown:
            known = ", ".join(sorted(_SCHEMES[parts.scheme])) or "nothing (amqps:// has TLS)"
            raise ValueError(f"{parts.scheme}:// takes in its query {known}; not {', '.join(unknown)}")
        tls = _tls_of(options, parts.hostname or "") if parts.scheme == "amqps" else None
        return cls(parts._replace(query="").geturl(), tls)


def _split(url: str) -> SplitResult:
    """:raises ValueError: if the URL is none, or can be read in two ways"""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_EXPECTED) from None
    is_ambiguous = bool(parts.fragment) or "@" in parts.query + parts.path or parts.netloc.count("@") > 1
    # "//" is kombu's own way to write the vhost "/", which is the default as well.
    is_nested = "/" in parts.path.removeprefix("/") and parts.path != "//"
    if parts.scheme not in _SCHEMES or not parts.hostname or port == 0 or is_ambiguous or is_nested:
        raise ValueError(_EXPECTED)
    return parts


def _tls_of(options: dict[str, str], host: str) -> dict[str, object]:
    """
    Return what py-amqp is told: it compares names where it is told one.

    :raises ValueError: if a word or a file is wrong
    """
    tls_words.check_words(options)
    context = tls_words.context_of(tls_words.with_defaults(options))
    files = {
        word.removeprefix("ssl_"): options.get(word)
        for word in ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
    }
    return {
        **files,
        "cert_reqs": context.verify_mode,
        "server_hostname": host if context.check_hostname else None,
    }
