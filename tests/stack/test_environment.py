"""Every variable is refused at start where its value is rubbish, by its name and with what would be right."""

from __future__ import annotations

from dataclasses import fields

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from environs import EnvValidationError

from config import env as environment

_NUMBERS = ("", "x", "-1", "1.5", "99999999999999999999", "٣x", "1_0", "٨")
_DATABASES = ("x", "mysql://h/n", "postgres://h:x/n", "postgres://h")
_TWICE = "a=postgres://h/n,a=postgres://h/m"
_REDIS = ("", "x", "http://h", "redis://h:x", "redis://h/x")
# Right, but for BANYAN_REDIS_HOT_URL that is there too.
_HOT = "directory=redis://h/1,a=redis://h/1,b=redis://h/2"
_ADDRESSES = (
    *("x", "https://", "https://[", "ftp://h", "https://h:x", "https://h:70000", "https://u:p@h"),
    *("https://h?x", "https://h#x", "https://h h", "//h", "https://-", "https://h:"),
)
# Compared with what browsers write, these would never be the same.
_NO_ORIGINS = ("https://h:443", "http://h:080", "https://H", "http://h:80", "https://h/")
RUBBISH: dict[str, tuple[str, ...]] = {
    "secret_key": ("", "short", " " * 40, "k" * 40),
    "secret_key_fallbacks": ("short", f"{'k' * 32},short"),
    "debug": ("", "maybe"),
    "allowed_hosts": ("https://h", "h:80", "h/x", "h h", "a,,b"),
    "trusted_origins": (*_NO_ORIGINS, "h", "https://h/x", "https://[", "https://h,x", "ftp://h"),
    "host": ("", "http://h", "h h", "h/x"),
    "port": (*_NUMBERS, "0", "65536"),
    "directory_url": ("", *_DATABASES),
    "instances": ("", "default=postgres://h/n", "directory=postgres://h/n", *_DATABASES, "a=x", _TWICE),
    "replicas": (
        _TWICE.replace("a=", "a_replica1="),
        "x",
        "zz_replica1=postgres://h/n",
        "a=postgres://h/n",
        "a_replica1=x",
    ),
    "api_role": ("a b", "Ab", 'a"; DROP', "1a", "a" * 64),
    "relay_role": ("a b", "x-y"),
    "redis_cache_url": _REDIS,
    "redis_hot_url": _REDIS,
    "redis_hot_urls": ("x", "a=redis://h", "directory=redis://h,a=x", f"{_HOT},c=redis://h", _HOT),
    "broker_url": (
        *_REDIS,
        "amqp://",
        "amqp://h:x",
        "amqp://u:p/x@h/v",
        "amqp://h/v?heartbeat=5",
        "amqp://h?ssl_cert_reqs=none",
        "amqps://h?ssl_cert_reqs=maybe",
        "amqps://h?ssl_ca_certs=/nowhere",
        "amqp://a,amqp://b",
    ),
    "state_dir": ("", __file__, f"{__file__}/x"),
    "heartbeat_dir": ("", __file__, f"{__file__}/x"),
    "static_url": ("static/", "/static", "//h/", "https://h", "https://h/x", "ftp://h/", "/a b/", "/../"),
    "static_dir": ("", __file__, f"{__file__}/x"),
    "log_format": ("", "xml"),
    "log_level": ("", "LOUD", "info "),
    "web_workers": (*_NUMBERS, "0"),
    "web_threads": (*_NUMBERS, "0"),
    "worker_concurrency": (*_NUMBERS, "0"),
    "scatter_threads": (*_NUMBERS, "0"),
    "statement_timeout_ms": (*_NUMBERS, "0"),
    "database_wait_ms": (*_NUMBERS, "0"),
    "lock_timeout_ms": (*_NUMBERS, "0"),
    "window_size": (*_NUMBERS, "99"),
    "tag_window": (*_NUMBERS, "99"),
    "popular_hours": (*_NUMBERS, "0", "337"),
    "trend_authors": (*_NUMBERS, "0"),
    "pull_threshold": (*_NUMBERS, "0"),
    "pull_demotion": (*_NUMBERS, "10001"),
    "following_cap": (*_NUMBERS, "0"),
    "top_half_life_hours": (*_NUMBERS, "0", "8761"),
    "top_reaction_weight": (*_NUMBERS, "-1", "1001"),
    "top_reply_weight": (*_NUMBERS, "-1", "1001"),
    "top_share_weight": (*_NUMBERS, "-1", "1001"),
    "reactions": ("", "Like", "like,", "like,like", "a b", "a/b", "x" * 21, ",".join(map(str, range(21)))),
    "limits": ("", "maybe"),
    "realtime_port": (*_NUMBERS, "0", "65536"),
    "realtime_url": _ADDRESSES,
    "sockets": (*_NUMBERS, "0"),
    "sockets_per_user": (*_NUMBERS, "0", "1001"),
    "media_storage": ("", "disk", "S3"),
    "media_dir": ("", __file__, f"{__file__}/x"),
    "media_url": ("", *_ADDRESSES),
    "media_accel": ("x", "/x/", "/a b", "/../x", "//x"),
    "media_s3_endpoint": _ADDRESSES,
    "media_s3_public_endpoint": _ADDRESSES,
    "media_s3_bucket": ("ab", "A-b-c", "a_b", "-abc", "a" * 64, "a/b"),
    "media_s3_region": ("", "eu central", "EU", "a/b"),
    "media_s3_access_key": ("ab", "a b c", "ключ"),
    "media_s3_secret_key": ("ab", "a b c"),
    "media_purge_url": _ADDRESSES,
    "metrics": ("", "maybe", "h:", "h:x", "h:0", "h:65533", "http://h:1", ":1"),
    "otlp_endpoint": _ADDRESSES,
    "trace_ratio": ("", "x", "-0.1", "1.1", "2", "1e-3", "nan", "٨"),
    "trace_from_proxy": ("", "maybe"),
    "sentry_dsn": ("x", "https://h/1", "https://k@h", "https://k@h/x", "ftp://k@h/1", "https://k:s@h/1"),
    "release": ("a b", "a/b", "-a", "x" * 65),
    "environment": ("a b", "a/b"),
    "sign_ups": (*_NUMBERS, "0"),
    "trusted_proxies": _NUMBERS,
    "cors_origins": (
        *_NO_ORIGINS,
        "h",
        "*",
        "https://h/x",
        "https://H",
        "https://[",
        "foo://h",
        "https://h:x",
    ),
    "public_url": _ADDRESSES,
    "site_name": ("", " ", "a\nb", "x" * 65),
    "frontend_url": ("", *_ADDRESSES),
    "social_apps": (
        "x",
        "{}",
        "[1]",
        '[{"provider": "x", "client_id": "1"}]',
        '[{"provider":"google","client_id":1}]',
        '[{"provider":"google","client_id":"1"},{"provider":"google","client_id":"2"}]',
        '[{"provider":"openid_connect","client_id":"1","secret":"2"}]',
        '[{"provider":"openid_connect","client_id":"1","provider_id":"x","name":"X","settings":{"server_url":"h"}}]',
    ),
    "oidc_private_key": ("x", "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----"),
    "oidc_private_key_fallbacks": ("x", ",x"),
    "vapid_private_key": ("x", "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----"),
    "push_provider_url": _ADDRESSES,
    "push_provider_secret": ("a b", "ключ"),
    "push_private_hosts": ("h/x", "http://h", "H", "h:0", "a,,b"),
    "pooled": ("", "maybe"),
    "direct_directory_url": ("x", "postgres://h/n"),
    "direct_instances": ("x", "a=postgres://h/n"),
    "passkey_domain": ("https://h", "h:80", "h h", "-h"),
    "email_url": ("", "x", "http://h", "smtp://h:x", "anymail://", "anymail://nobody", "anymail://base"),
    "email_from": ("", "x", "Banyan", "a@b\nBcc: c@d"),
    "email_verification": ("", "maybe"),
    "anymail": (
        "x",
        "[]",
        '{"a": 1}',
        '{"WEBHOOK_SECRET": "x:short"}',
        '{"WEBHOOK_SECRET": ["long-enough-no-name"]}',
    ),
    "dkim_key": ("x", "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----"),
    "dkim_selector": ("a b", "a.b", "-a", "A"),
    "dkim_domain": ("https://h", "h:80", "h h", "-h"),
}


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    """The stack's own keys are not read with each of hundreds of environments: they take the longest."""
    monkeypatch.delenv("BANYAN_OIDC_PRIVATE_KEY")
    monkeypatch.delenv("BANYAN_VAPID_PRIVATE_KEY")


def test_no_variable_is_left_out():
    assert {field.name for field in fields(environment.Env)} == set(RUBBISH)


@pytest.mark.parametrize(("name", "value"), [(name, each) for name, all_ in RUBBISH.items() for each in all_])
def test_rubbish_is_refused_by_the_name_of_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(f"BANYAN_{name.upper()}", value)

    with pytest.raises(EnvValidationError) as refused:
        environment.load.__wrapped__()

    assert isinstance(refused.value.error_messages, dict)
    assert all(refused.value.error_messages[f"BANYAN_{name.upper()}"])


def test_all_that_is_wrong_is_named_at_once(monkeypatch):
    wrong = {
        "LOG_LEVEL": "LOUD",
        "PUBLIC_URL": "https://[",
        "PULL_DEMOTION": "10001",
        "REPLICAS": "x_1=postgres://h/n",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(f"BANYAN_{name}", value)

    with pytest.raises(EnvValidationError) as refused:
        environment.load.__wrapped__()

    assert set(refused.value.error_messages) == {f"BANYAN_{name}" for name in wrong}


def test_an_object_storage_is_named_whole(monkeypatch):
    monkeypatch.setenv("BANYAN_MEDIA_STORAGE", "s3")

    with pytest.raises(EnvValidationError) as refused:
        environment.load.__wrapped__()

    needed = {"BUCKET", "ACCESS_KEY", "SECRET_KEY"}
    assert set(refused.value.error_messages) == {f"BANYAN_MEDIA_S3_{name}" for name in needed}


class TestDkim:
    KEY = "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----"

    def test_needs_the_name_of_its_key(self, monkeypatch):
        monkeypatch.setenv("BANYAN_DKIM_KEY", self.KEY)

        with pytest.raises(EnvValidationError) as refused:
            environment.load.__wrapped__()

        assert set(refused.value.error_messages) == {"BANYAN_DKIM_KEY", "BANYAN_DKIM_SELECTOR"}

    def test_is_not_done_twice_where_a_provider_does_it(self, monkeypatch):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        for name, value in {"KEY": key.decode(), "SELECTOR": "banyan"}.items():
            monkeypatch.setenv(f"BANYAN_DKIM_{name}", value)
        assert environment.load.__wrapped__().dkim_selector == "banyan"
        monkeypatch.setenv("BANYAN_EMAIL_URL", "anymail://postmark")

        with pytest.raises(EnvValidationError, match="signs mails itself"):
            environment.load.__wrapped__()


class TestHotRedis:
    def test_is_one_for_everybody_unless_several_are_named(self):
        env = environment.load.__wrapped__()

        assert env.redis_servers() == dict.fromkeys(("directory", "a", "b"), env.redis_hot_url)

    @pytest.mark.parametrize("one", ["", None])
    def test_may_be_one_for_each_instance_and_the_directory(self, monkeypatch, one):
        monkeypatch.setenv("BANYAN_REDIS_HOT_URLS", _HOT)
        if one is None:
            monkeypatch.delenv("BANYAN_REDIS_HOT_URL")
        else:
            monkeypatch.setenv("BANYAN_REDIS_HOT_URL", one)

        assert environment.load.__wrapped__().redis_servers() == {
            "directory": "redis://h/1",
            "a": "redis://h/1",
            "b": "redis://h/2",
        }

    @pytest.mark.parametrize(
        ("urls", "told"),
        [
            ("directory=redis://h,a=redis://h", "b missing"),
            ("a=redis://h,b=redis://h", "directory missing"),
            (f"{_HOT},c=redis://h", "BANYAN_INSTANCES has no 'c'"),
            (f"{_HOT},a=redis://g", "a is there twice"),
            ("directory=redis://h,a=http://h,b=redis://h", "a: A Redis URL starts with"),
        ],
    )
    def test_names_the_instance_that_is_wrong(self, monkeypatch, urls, told):
        monkeypatch.delenv("BANYAN_REDIS_HOT_URL")
        monkeypatch.setenv("BANYAN_REDIS_HOT_URLS", urls)

        with pytest.raises(EnvValidationError) as refused:
            environment.load.__wrapped__()

        assert isinstance(refused.value.error_messages, dict)
        [message] = refused.value.error_messages["BANYAN_REDIS_HOT_URLS"]
        assert told in message

    def test_is_said_in_one_way(self, monkeypatch):
        monkeypatch.setenv("BANYAN_REDIS_HOT_URLS", _HOT)

        with pytest.raises(EnvValidationError, match="say either BANYAN_REDIS_HOT_URL"):
            environment.load.__wrapped__()

    def test_is_no_more_named_by_purpose(self, monkeypatch):
        monkeypatch.setenv("BANYAN_REDIS_CARDS_URL", "redis://h")

        with pytest.raises(EnvValidationError) as refused:
            environment.load.__wrapped__()

        assert set(refused.value.error_messages) == {"BANYAN_REDIS_CARDS_URL"}

    def test_is_no_more_the_brokers_name(self, monkeypatch):
        monkeypatch.setenv("BANYAN_REDIS_BROKER_URL", "redis://h")
        monkeypatch.delenv("BANYAN_BROKER_URL")

        with pytest.raises(EnvValidationError) as refused:
            environment.load.__wrapped__()

        assert refused.value.error_messages == {
            "BANYAN_BROKER_URL": ["Environment variable not set."],
            "BANYAN_REDIS_BROKER_URL": [
                "is no more: BANYAN_BROKER_URL takes the same URL, or that of a RabbitMQ"
            ],
        }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("broker_url", "amqp://u:p@h:5672/a%2Fvhost"),
        ("broker_url", "amqps://h//?ssl_check_hostname=false"),
        ("public_url", "https://api.example.org:8443"),
        ("public_url", "http://[::1]:8000/"),
        ("allowed_hosts", ".example.org,[::1],10.0.0.1"),
        ("trusted_origins", "https://*.example.org,http://localhost:3000"),
        ("cors_origins", "https://app.example.org,http://localhost:3000"),
        ("static_url", "/static/"),
        ("static_url", "https://cdn.example.org/banyan/"),
        ("api_role", "banyan_api"),
        ("host", "::"),
        ("pull_demotion", "10000"),
        ("email_from", "noreply@example.org"),
        ("email_url", "anymail://postmark"),
        ("anymail", '{"POSTMARK_SERVER_TOKEN": "t", "WEBHOOK_SECRET": ["postmark:0123456789abcdef"]}'),
        ("passkey_domain", "example.org"),
    ],
)
def test_what_is_right_is_taken(monkeypatch, name, value):
    monkeypatch.setenv(f"BANYAN_{name.upper()}", value)

    assert getattr(environment.load.__wrapped__(), name)
