"""Every environment variable of Banyan, read once, typed; all mistakes reported at once."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from environs import Env as Reader
from environs import ValidationError, validate

from config import checks_of_mail as mail
from config import checks_of_media as media
from config import checks_of_servers, cores, servers
from config import checks_of_values as values
from config.addresses import Database, MailServer, mask_url, read_broker, read_redis

# Where users may come from; any other that speaks OpenID Connect is of the first kind.
SOCIAL_PROVIDERS = ("openid_connect", "apple", "github", "google")
ROOT = Path(__file__).resolve().parent.parent
_KEYS = {"secret_key", "secret_key_fallbacks", "oidc_private_key", "oidc_private_key_fallbacks", "dkim_key"}
_PUSH = {"vapid_private_key", "push_provider_secret"}
SECRET_FIELDS = frozenset(_KEYS | _PUSH | {"social_apps", "anymail", "sentry_dsn", "media_s3_secret_key"})


@dataclass(frozen=True, slots=True)
class Env:
    """The effective configuration; `manage.py config` prints it with secrets masked."""

    secret_key: str
    secret_key_fallbacks: list[str]
    debug: bool
    allowed_hosts: list[str]
    trusted_origins: list[str]
    host: str
    port: int
    directory_url: Database
    instances: dict[str, Database]
    replicas: dict[str, Database]
    pooled: str
    direct_directory_url: Database | None
    direct_instances: dict[str, Database]
    api_role: str
    relay_role: str
    redis_cache_url: str
    redis_hot_url: str
    redis_hot_urls: dict[str, str]
    broker_url: str
    state_dir: Path
    heartbeat_dir: Path | None
    static_url: str
    static_dir: Path
    log_format: str
    log_level: str
    web_workers: int
    web_threads: int
    worker_concurrency: int
    scatter_threads: int
    statement_timeout_ms: int
    database_wait_ms: int
    lock_timeout_ms: int
    window_size: int
    pull_threshold: int
    pull_demotion: int
    following_cap: int
    top_half_life_hours: int
    top_reaction_weight: int
    top_reply_weight: int
    top_share_weight: int
    reactions: list[str]
    tag_window: int
    popular_hours: int
    trend_authors: int
    limits: str
    realtime_port: int
    realtime_url: str
    sockets: int
    sockets_per_user: int
    media_storage: str
    media_dir: Path
    media_url: str
    media_accel: str
    media_s3_endpoint: str
    media_s3_public_endpoint: str
    media_s3_bucket: str
    media_s3_region: str
    media_s3_access_key: str
    media_s3_secret_key: str
    media_purge_url: str
    metrics: str
    otlp_endpoint: str
    trace_ratio: float
    trace_from_proxy: str
    sentry_dsn: str
    release: str
    environment: str
    sign_ups: int
    trusted_proxies: int
    cors_origins: list[str]
    public_url: str
    site_name: str
    frontend_url: str
    social_apps: list[dict[str, Any]]
    vapid_private_key: str
    push_provider_url: str
    push_provider_secret: str
    push_private_hosts: list[str]
    passkey_domain: str
    email_url: MailServer
    email_from: str
    email_verification: str
    anymail: dict[str, Any]
    dkim_key: str
    dkim_selector: str
    dkim_domain: str
    oidc_private_key: str
    oidc_private_key_fallbacks: list[str]

    def redis_servers(self) -> dict[str, str]:
        """Return where the hot Redis of the directory and of each instance is."""
        one = dict.fromkeys(("directory", *self.instances), self.redis_hot_url)
        return self.redis_hot_urls or one

    def masked(self) -> dict[str, object]:
        """Return every value as text, with secrets and passwords masked."""
        return {field.name: _masked(field.name, getattr(self, field.name)) for field in fields(self)}


@cache
def load() -> Env:
    """
    Read the environment, once in a process.

    :raises environs.EnvValidationError: naming every missing or wrong variable at once
    """
    reader = Reader(prefix="BANYAN_", eager=False)
    reader.add_parser("database", Database.parse)
    reader.add_parser("databases", servers.read_databases)
    reader.add_parser("direct_database", servers.read_direct_database)
    reader.add_parser("direct_databases", servers.read_direct_databases)
    reader.add_parser("redis", read_redis)
    reader.add_parser("redis_servers", servers.read_redis_servers)
    reader.add_parser("broker", read_broker)
    reader.add_parser("mail_server", MailServer.parse)
    reader.add_parser("anymail", mail.read_anymail)
    reader.add_parser("social_apps", _social_apps)
    reader.add_parser("origins", _origins)
    reader.add_parser("address", values.read_address)
    reader.add_parser("number", values.read_number)
    reader.add_parser("folder", values.read_folder)
    reader.add_parser("metrics_address", values.read_metrics_address)
    reader.add_parser("ratio", values.read_ratio)
    # Read before what is held against them.
    instances = reader.databases("INSTANCES", check=checks_of_servers.check_named)
    is_pooled = os.environ.get("BANYAN_POOLED") == "on"
    pull_threshold = reader.number("PULL_THRESHOLD", 10_000, least=1, most=values.MAX_COUNT)
    is_s3 = os.environ.get("BANYAN_MEDIA_STORAGE") == "s3"
    unless_s3 = () if is_s3 else ("",)
    has_provider = os.environ.get("BANYAN_EMAIL_URL", "").startswith("anymail:")
    is_signed = bool(os.environ.get("BANYAN_DKIM_KEY"))
    are_several = bool(os.environ.get("BANYAN_REDIS_HOT_URLS"))
    is_one = bool(os.environ.get("BANYAN_REDIS_HOT_URL")) or not are_several
    for name, instead in checks_of_servers.RETIRED_REDIS.items():
        reader.str(name, "", validate=checks_of_servers.retired(instead))
    env = Env(
        secret_key=reader.str("SECRET_KEY", validate=values.check_key),
        # Earlier keys: what they signed or encrypted can still be read.
        secret_key_fallbacks=reader.list("SECRET_KEY_FALLBACKS", [], validate=values.check_keys),
        debug=reader.bool("DEBUG", False),
        allowed_hosts=reader.list(
            "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], validate=values.check_hosts
        ),
        trusted_origins=reader.list("TRUSTED_ORIGINS", [], validate=values.check_origins),
        host=reader.str("HOST", "127.0.0.1", validate=values.check_listened_on),
        port=reader.number("PORT", 8000, least=1, most=65535),
        directory_url=reader.database("DIRECTORY_URL"),
        instances=instances,
        replicas=reader.databases("REPLICAS", {}, check=checks_of_servers.replicas_of(instances)),
        # Whether all these URLs lead to a pooler that changes servers with each transaction (PgBouncer).
        pooled=reader.str("POOLED", "off", validate=validate.OneOf(["on", "off"])),
        # Then, where the servers themselves are: for the relay and migrations, whose locks are a session's.
        direct_directory_url=reader.direct_database("DIRECT_DIRECTORY_URL", "", is_pooled=is_pooled),
        direct_instances=reader.direct_databases(
            "DIRECT_INSTANCES", "", is_pooled=is_pooled, check=checks_of_servers.direct_of(instances)
        ),
        # To whom migrations, as the owner of all tables, give what processes need (sharding/grants.py).
        api_role=reader.str("API_ROLE", "", validate=checks_of_servers.check_role),
        relay_role=reader.str("RELAY_ROLE", "", validate=checks_of_servers.check_role),
        redis_cache_url=reader.redis("REDIS_CACHE_URL"),
        # Either one Redis for everybody, or one for each instance and the directory.
        redis_hot_url=reader.redis("REDIS_HOT_URL") if is_one else "",
        redis_hot_urls=reader.redis_servers(
            "REDIS_HOT_URLS", {}, check=checks_of_servers.hot_servers_of(instances)
        ),
        broker_url=reader.broker("BROKER_URL"),
        state_dir=reader.folder("STATE_DIR", ROOT / ".banyan" / "state"),
        # Where worker, relay and beat leave a file that says that they work (config/alive.py); none without.
        heartbeat_dir=reader.folder("HEARTBEAT_DIR") if "BANYAN_HEARTBEAT_DIR" in os.environ else None,
        # Where a proxy or a CDN serves what `collectstatic` collected; else this service serves it itself.
        static_url=reader.str("STATIC_URL", "", validate=values.check_static_url),
        # Where `collectstatic` puts it.
        static_dir=reader.folder("STATIC_DIR", ROOT / ".banyan" / "static"),
        log_format=reader.str("LOG_FORMAT", "auto", validate=validate.OneOf(["auto", "json", "human"])),
        log_level=reader.str("LOG_LEVEL", "INFO", validate=validate.OneOf(values.LEVELS)),
        # By the cores this process may use, not by the host's (config/gunicorn.py says why).
        web_workers=reader.number(
            "WEB_WORKERS", 2 * cores.available() + 1, least=1, most=values.MAX_PROCESSES
        ),
        # Four: on two cores eight made a warm home a quarter dearer (python -m benchmarks).
        web_threads=reader.number("WEB_THREADS", 4, least=1, most=values.MAX_PROCESSES),
        worker_concurrency=reader.number("WORKER_CONCURRENCY", 2, least=1, most=values.MAX_PROCESSES),
        scatter_threads=reader.number("SCATTER_THREADS", 4, least=1, most=values.MAX_PROCESSES),
        statement_timeout_ms=reader.number("STATEMENT_TIMEOUT_MS", 5000, least=1, most=values.MAX_MS),
        # Of a request, for all databases together: then its user hears 503.
        database_wait_ms=reader.number("DATABASE_WAIT_MS", 800, least=1, most=values.MAX_MS),
        lock_timeout_ms=reader.number("LOCK_TIMEOUT_MS", 500, least=1, most=values.MAX_MS),
        window_size=reader.number("WINDOW_SIZE", 800, least=100, most=values.MAX_COUNT),
        pull_threshold=pull_threshold,
        pull_demotion=reader.number("PULL_DEMOTION", 8_000, least=0, most=pull_threshold or values.MAX_COUNT),
        following_cap=reader.number("FOLLOWING_CAP", 5_000, least=1, most=values.MAX_COUNT),
        # What ranks a home by `order=top` (modules/timelines/selectors/scores.py).
        top_half_life_hours=reader.number("TOP_HALF_LIFE_HOURS", 12, least=1, most=8760),
        top_reaction_weight=reader.number("TOP_REACTION_WEIGHT", 1, least=0, most=1000),
        top_reply_weight=reader.number("TOP_REPLY_WEIGHT", 2, least=0, most=1000),
        top_share_weight=reader.number("TOP_SHARE_WEIGHT", 3, least=0, most=1000),
        # How people may react to posts.
        reactions=reader.list("REACTIONS", ["like"], validate=values.check_reactions),
        # How many posts the timeline of a tag has at least, of how many hours posts may be popular, and how
        # many people make a trend.
        tag_window=reader.number("TAG_WINDOW", 10_000, least=100, most=values.MAX_COUNT),
        popular_hours=reader.number("POPULAR_HOURS", 48, least=1, most=24 * 14),
        trend_authors=reader.number("TREND_AUTHORS", 3, least=1, most=values.MAX_COUNT),
        limits=reader.str("LIMITS", "on", validate=validate.OneOf(["on", "off"])),
        # The process that holds sockets open (docs/realtime.md), and how many it holds, of all and of a user.
        realtime_port=reader.number("REALTIME_PORT", 8002, least=1, most=65535),
        # Where clients reach it, if not at the public address.
        realtime_url=reader.address("REALTIME_URL", ""),
        sockets=reader.number("SOCKETS", 10_000, least=1, most=values.MAX_COUNT),
        sockets_per_user=reader.number("SOCKETS_PER_USER", 5, least=1, most=1000),
        # Where images and videos lie (docs/media.md): in a folder, or in a bucket of an object storage.
        media_storage=reader.str("MEDIA_STORAGE", "files", validate=validate.OneOf(media.STORAGES)),
        media_dir=reader.folder("MEDIA_DIR", ROOT / ".banyan" / "media"),
        # Where clients reach them: the folder's server, or a CDN before the bucket; else the bucket itself.
        media_url=reader.address("MEDIA_URL", "" if is_s3 else "http://127.0.0.1:8001", is_needed=not is_s3),
        # A path of nginx's own from which it serves the folder (X-Accel-Redirect), or nothing.
        media_accel=reader.str("MEDIA_ACCEL", "", validate=media.check_accel),
        # For workers, and for clients, whose signatures hold for that host.
        media_s3_endpoint=reader.address("MEDIA_S3_ENDPOINT", ""),
        media_s3_public_endpoint=reader.address("MEDIA_S3_PUBLIC_ENDPOINT", ""),
        media_s3_bucket=reader.str(
            "MEDIA_S3_BUCKET", *unless_s3, validate=media.s3("bucket", is_needed=is_s3)
        ),
        media_s3_region=reader.str("MEDIA_S3_REGION", "us-east-1", validate=media.check_region),
        media_s3_access_key=reader.str(
            "MEDIA_S3_ACCESS_KEY", *unless_s3, validate=media.s3("key", is_needed=is_s3)
        ),
        media_s3_secret_key=reader.str(
            "MEDIA_S3_SECRET_KEY", *unless_s3, validate=media.s3("key", is_needed=is_s3)
        ),
        # What a CDN is told to forget, it is told there.
        media_purge_url=reader.address("MEDIA_PURGE_URL", ""),
        # Where Prometheus asks; nothing of it is loaded where it is off.
        metrics=reader.metrics_address("METRICS", "off"),
        # Where traces go (docs/tracing.md), and the share of requests that are traced.
        otlp_endpoint=reader.address("OTLP_ENDPOINT", ""),
        trace_ratio=reader.ratio("TRACE_RATIO", 0.1),
        # Whether a proxy stands before this that throws away what clients write into Traceparent.
        trace_from_proxy=reader.str("TRACE_FROM_PROXY", "off", validate=validate.OneOf(["on", "off"])),
        # Where errors go (docs/tracing.md).
        sentry_dsn=reader.str("SENTRY_DSN", "", validate=values.check_dsn),
        # What both say of where they come from.
        release=reader.str("RELEASE", "", validate=values.check_label),
        environment=reader.str("ENVIRONMENT", "production", validate=values.check_label),
        # From one address in half an hour.
        sign_ups=reader.number("SIGN_UPS", 5, least=1, most=values.MAX_COUNT),
        trusted_proxies=reader.number("TRUSTED_PROXIES", 0, least=0, most=values.MAX_PROCESSES),
        cors_origins=reader.origins("CORS_ORIGINS", []),
        # Where clients reach this service: the issuer of its tokens, and what passkeys are bound to.
        public_url=reader.address("PUBLIC_URL", ""),
        # What mails, passkeys and authenticator apps call this service.
        site_name=reader.str("SITE_NAME", "Banyan", validate=values.check_title),
        # What mails and other providers lead people back to.
        frontend_url=reader.address("FRONTEND_URL", "http://localhost:3000", is_needed=True),
        social_apps=reader.social_apps("SOCIAL_APPS", []),
        # Pushes (docs/push.md): by whose key to browsers, by which server to apps, and who may be private.
        vapid_private_key=reader.str("VAPID_PRIVATE_KEY", "", validate=values.check_push_key),
        push_provider_url=reader.address("PUSH_PROVIDER_URL", ""),
        push_provider_secret=reader.str("PUSH_PROVIDER_SECRET", "", validate=values.check_token),
        push_private_hosts=reader.list("PUSH_PRIVATE_HOSTS", [], validate=values.check_netlocs),
        # Where the front end is a sibling of the API: example.org of app.example.org and api.example.org.
        passkey_domain=reader.str("PASSKEY_DOMAIN", "", validate=values.check_domain),
        email_url=reader.mail_server("EMAIL_URL", MailServer.parse("console:")),
        email_from=reader.str("EMAIL_FROM", "Banyan <noreply@localhost>", validate=values.check_sender),
        email_verification=reader.str(
            "EMAIL_VERIFICATION", "mandatory", validate=validate.OneOf(["mandatory", "optional"])
        ),
        # What the provider of an anymail:// is told, and who may tell what came back (docs/mail.md).
        anymail=reader.anymail("ANYMAIL", {}),
        # Mails are signed with it, for the domain of the sender unless another is named.
        dkim_key=reader.str("DKIM_KEY", "", validate=mail.check_dkim_key(has_provider=has_provider)),
        dkim_selector=reader.str(
            "DKIM_SELECTOR", *([] if is_signed else [""]), validate=mail.check_selector(is_needed=is_signed)
        ),
        dkim_domain=reader.str("DKIM_DOMAIN", "", validate=values.check_domain),
        oidc_private_key=reader.str("OIDC_PRIVATE_KEY", "", validate=values.check_pem),
        oidc_private_key_fallbacks=reader.list("OIDC_PRIVATE_KEY_FALLBACKS", [], validate=values.check_pems),
    )
    reader.seal()
    return env


def _origins(value: str | list[str]) -> list[str]:
    """Read `https://app.example.org,https://…`: origins as browsers write them, for they are compared so."""
    if isinstance(value, list):
        return value
    found = [origin.strip() for origin in value.split(",") if origin.strip()]
    for origin in found:
        if not values.is_origin(origin):
            raise ValidationError(f"expected https://app.example.org, no path or pattern; not {origin!r}")
    return found


def _social_apps(value: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read `[{"provider": "google", "client_id": "…", "secret": "…"}, …]`."""
    hint = 'expected JSON: [{"provider": "google", "client_id": "…", "secret": "…"}]'
    try:
        apps = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValidationError(hint) from error
    if not isinstance(apps, list):
        raise ValidationError(hint)
    for app in apps:
        if not isinstance(app, dict) or not {"provider", "client_id"} <= app.keys():
            raise ValidationError(hint)
        if not all(isinstance(value, str) and value for value in (app["client_id"], app.get("secret", "-"))):
            raise ValidationError(hint)
        if app["provider"] not in SOCIAL_PROVIDERS:
            raise ValidationError(f"provider is one of {', '.join(SOCIAL_PROVIDERS)}")
        if app["provider"] == "openid_connect":
            _check_openid_connect(app)
    values.check_unique([app.get("provider_id") or app["provider"] for app in apps])
    return apps


def _check_openid_connect(app: dict[str, Any]) -> None:
    """:raises ValidationError: if nothing tells such a provider from others, or where it is"""
    named = all(isinstance(app.get(name), str) and app[name] for name in ("provider_id", "name"))
    settings = app.get("settings")
    server = settings.get("server_url") if isinstance(settings, dict) else None
    if not named or not isinstance(server, str) or not values.is_web_address(server):
        raise ValidationError(
            'openid_connect needs "provider_id", "name" and {"settings": {"server_url": …}}'
        )


def _masked(name: str, value: object) -> object:
    if name in SECRET_FIELDS:
        return "********"
    if isinstance(value, Database | MailServer):
        return mask_url(value.url)
    if isinstance(value, dict):
        return {key: _masked(key, item) for key, item in value.items()}
    if isinstance(value, str) and "://" in value:
        return mask_url(value)
    return os.fspath(value) if isinstance(value, Path) else value
