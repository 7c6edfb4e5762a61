"""Settings of every process; what differs by place comes from the environment (config/env.py)."""

from typing import Any

from config import env as environment
from config.settings import (
    cache,
    contexts,
    mail,
    media,
    oauth,
    push,
    queues,
    realtime,
    rest,
    static,
    telemetry,
)
from config.settings import databases as db
from config.settings.accounts import *  # noqa: F403
from config.settings.accounts import APPS as ACCOUNT_APPS
from config.settings.accounts import frontend_urls, social, verification
from modules.graph.schemas import GraphSettings
from modules.kernel.limits import Limit, LimitSettings
from modules.kernel.redis.client import RedisSettings
from modules.kernel.sizes import MAX_BODY
from modules.notifications.schemas import NotificationSettings
from modules.posts.schemas import PostSettings
from modules.search.schemas import SearchSettings
from modules.timelines.schemas import TimelineSettings
from sharding.conf import RelaySettings

ENV = environment.load()

SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = ENV.secret_key_fallbacks
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *ACCOUNT_APPS,
    "cachalot",
    "config",
    "sharding",
    "modules.kernel",
    "openapi",
    *[f"modules.{name}" for name in contexts.CONTEXTS],
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
# Each entry costs every request: see config/settings/rest.py for what it costs and why it is there.
MIDDLEWARE = [*telemetry.middleware(ENV), *rest.MIDDLEWARE]
CORS = rest.cors(ENV)
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Before the apps', so that our pages stand in for allauth's.
        "DIRS": [environment.ROOT / "modules" / "accounts" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

# What the request that records an event brings about itself, before the news of it arrives.
AT_ONCE = {"posts.post_published.v1": ["modules.timelines.public.push_to_author"]}

DATABASES = db.databases(ENV)
DATABASE_ROUTERS = ["sharding.router.ShardRouter"]
SHARDING = db.sharding(ENV)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = cache.caches(ENV)
CACHALOT_ENABLED = True
CACHALOT_DATABASES = frozenset({"default"})
CACHALOT_ADDITIONAL_SUPPORTED_DATABASES = frozenset({"sharding.backend"})  # which is PostgreSQL's
CACHALOT_ONLY_CACHABLE_TABLES = cache.CACHALOT_TABLES
CACHALOT_TIMEOUT = 45
CACHALOT_CACHE_RANDOM = False
# Its hook would read every raw statement of every alias: 980 us of a publish of 1,820. Raw SQL never
# writes to a table that it keeps.
CACHALOT_INVALIDATE_RAW = False

CELERY = queues.celery(ENV)

globals().update(oauth.provider(ENV))
globals().update(verification(ENV.email_verification))
globals().update(mail.mail(ENV))
SITE_NAME = MFA_TOTP_ISSUER = ENV.site_name
FRONTEND_URL = ENV.frontend_url
HEADLESS_FRONTEND_URLS = frontend_urls(ENV.frontend_url)
globals().update(social(ENV.social_apps))

REST_FRAMEWORK = rest.REST_FRAMEWORK
SPECTACULAR_SETTINGS = rest.SPECTACULAR
LOGGING = telemetry.logs(ENV)
LOGGING_CONFIG = "config.settings.telemetry.configure"

REDIS = {name: RedisSettings(url) for name, url in ENV.redis_servers().items()}
RELAY = RelaySettings(companions=telemetry.companions_of_relay(ENV))
GRAPH = GraphSettings(
    following_cap=ENV.following_cap,
    pull_threshold=ENV.pull_threshold,
    pull_demotion=ENV.pull_demotion,
)
MEDIA = media.media(ENV)
POSTS = PostSettings(
    reactions=tuple(ENV.reactions),
    tag_window=ENV.tag_window,
    popular_hours=ENV.popular_hours,
    trend_authors=ENV.trend_authors,
)
TIMELINES = TimelineSettings(
    window_size=ENV.window_size,
    top_half_life_hours=ENV.top_half_life_hours,
    top_reaction_weight=ENV.top_reaction_weight,
    top_reply_weight=ENV.top_reply_weight,
    top_share_weight=ENV.top_share_weight,
)
SEARCH = SearchSettings()
REALTIME = realtime.realtime(ENV)
# The demo in two windows (config/live): whoever comes is one of its people by a click. Where it is off, none
# can be loaded either.
LIVE_PAGE = True
CHANNEL_LAYERS = realtime.CHANNEL_LAYERS
NOTIFICATIONS = NotificationSettings()
PUSH = push.push(ENV)
LIMITS = LimitSettings(
    is_on=ENV.limits == "on",
    processes=ENV.web_workers,
    changed={"sign-up": Limit("sign-up", ENV.sign_ups, 1800)},
)
METRICS = ENV.metrics
TRACE_FROM_PROXY = ENV.trace_from_proxy == "on"
REPORTS = bool(ENV.otlp_endpoint or ENV.sentry_dsn)
TRUSTED_PROXIES = ENV.trusted_proxies

globals().update(static.static(ENV))

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-us"
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 0
APPEND_SLASH = False
# Whatever a server or proxy says: every path starts at the root.
FORCE_SCRIPT_NAME = ""
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []
