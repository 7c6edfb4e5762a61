"""What a URL says reaches the driver."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import Any

import pytest
from environs import EnvValidationError, ValidationError

from config import env as environment
from config.addresses import Database
from config.settings.databases import databases
from config.settings.queues import celery


def alias_of(url: str) -> dict[str, Any]:
    """Return the settings of an instance at a URL."""
    env = replace(
        environment.load(), instances={"a": Database.parse(url)}, replicas={}, statement_timeout_ms=7
    )
    return databases(env)["a"]


class TestDatabase:
    @pytest.mark.parametrize(
        ("url", "told"),
        [
            ("postgres://u:q9z@h/n?sslmod=verify-full", "libpq knows no sslmod"),
            ("postgres://u:q9z@h/n?sslmode=verify-ful", "invalid sslmode value"),
            ("postgres://u:q9z@h,g/n?target_session_attrs=rw", "invalid target_session_attrs value"),
            ("postgres://u:q9z@h/n?sslrootcert=system&sslmode=prefer", "weak sslmode"),
            ("postgres://u:q9z@h/n?connect_timeout=soon", "connect_timeout: 'soon'"),
            ("postgres://u:q9z@h:70000/n", "port is no number"),
            ("postgres://u:q9z@h/n?host=h,g&port=1,2,3", "3 port numbers to 2 hosts"),
            ("postgres://u:q9z@h/n?options=-c%20lock_timeout%3D0", "lock_timeout"),
            ("postgres://u:q9z@h", "expected postgres://"),
            ("mysql://u:q9z@h/n", "expected postgres://"),
            ("postgres://u:q9z%zz@h/n", "as %2F"),
            ("postgres://u:q9z#q9z@h/n", "as %2F"),
            ("postgres://u:q9z?q9z=x@h/n", "as %2F"),
            ("postgres://u:q9z@q9z@h/n", "as %2F"),
            ("postgres://u:q9z/q9z@h/n", "as %2F"),
        ],
    )
    def test_refuses_what_libpq_would_not_understand_and_repeats_no_password(self, url, told):
        with pytest.raises(ValidationError, match=told) as refused:
            Database.parse(url)

        assert "q9z" not in str(refused.value)


class TestInstances:
    def test_are_told_apart_from_hosts(self, monkeypatch):
        listed = "a=postgres://u@h1:5432,h2:5433/n?sslmode=require, eu-1=postgresql://u@h3,h4/n,"
        monkeypatch.setenv("BANYAN_INSTANCES", listed)

        found = environment.load.__wrapped__().instances

        assert {name: database.parameters["host"] for name, database in found.items()} == {
            "a": "h1,h2",
            "eu-1": "h3,h4",
        }

    def test_have_names(self, monkeypatch):
        monkeypatch.setenv("BANYAN_INSTANCES", "a=postgres://u@h/n,postgres://u@h/n?sslmode=require")

        with pytest.raises(EnvValidationError, match=r"BANYAN_INSTANCES.*expected a=postgres://"):
            environment.load.__wrapped__()


POOLED = {
    "BANYAN_POOLED": "on",
    "BANYAN_DIRECTORY_URL": "postgres://u@pooler/directory",
    "BANYAN_INSTANCES": "a=postgres://u@pooler/a,b=postgres://u@pooler/b",
    "BANYAN_REPLICAS": "a_replica1=postgres://u@pooler/a_replica1",
    "BANYAN_DIRECT_DIRECTORY_URL": "postgres://u@d/n",
    "BANYAN_DIRECT_INSTANCES": "a=postgres://u@a1,a2/n,b=postgres://u@b/n",
}


class TestBehindAPooler:
    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({"BANYAN_DIRECT_DIRECTORY_URL": ""}, "BANYAN_DIRECT_DIRECTORY_URL.*BANYAN_POOLED=on needs it"),
            (
                {"BANYAN_DIRECT_INSTANCES": ""},
                r"BANYAN_DIRECT_INSTANCES.*needs a=postgres://…,b=postgres://…",
            ),
            ({"BANYAN_DIRECT_INSTANCES": "a=postgres://u@a/n"}, "BANYAN_DIRECT_INSTANCES.*BANYAN_POOLED=on"),
            ({"BANYAN_POOLED": "off"}, "BANYAN_DIRECT_DIRECTORY_URL.*with BANYAN_POOLED=on only"),
        ],
    )
    def test_the_servers_themselves_are_named_and_only_there(self, monkeypatch, said, told):
        for name, value in {**POOLED, **said}.items():
            monkeypatch.setenv(name, value)

        with pytest.raises(EnvValidationError, match=told):
            environment.load.__wrapped__()

    def test_nothing_is_said_or_kept_that_is_a_session_s_but_by_who_goes_past_it(self, monkeypatch):
        for name, value in POOLED.items():
            monkeypatch.setenv(name, value)

        found = databases(environment.load.__wrapped__())

        pooled = {
            alias: (each["DISABLE_SERVER_SIDE_CURSORS"], each["POOLED"]) for alias, each in found.items()
        }
        assert pooled == dict.fromkeys(("default", "a", "b", "a_replica1"), (True, True))
        assert [alias for alias, each in found.items() if "options" in each["OPTIONS"]] == []
        direct = {alias: each["DIRECT"]["HOST"] for alias, each in found.items() if "DIRECT" in each}
        assert direct == {"default": "d", "a": "a1,a2", "b": "b"}
        assert found["a"]["DIRECT"]["OPTIONS"]["options"].startswith("-c statement_timeout=")


class TestDatabases:
    def test_of_several_hosts_are_those_that_take_writes(self):
        one, several = alias_of("postgres://u@h/n"), alias_of("postgres://u@h,g/n")

        assert "target_session_attrs" not in one["OPTIONS"]
        assert several["OPTIONS"]["target_session_attrs"] == "read-write"

    def test_pass_on_whatever_libpq_knows(self):
        alias = alias_of(
            "postgres://u:p%2Fw@h1:5432,h2:5433/n?sslmode=verify-full&sslrootcert=%2Fca.pem"
            "&target_session_attrs=read-write&application_name=mine&connect_timeout=9"
        )

        assert [alias[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
            *("n", "u", "p/w", "h1,h2", "5432,5433"),
        ]
        assert alias["OPTIONS"] == {
            "connect_timeout": "9",
            "tcp_user_timeout": 3000,
            "keepalives_idle": 5,
            "fallback_application_name": "banyan",
            "sslmode": "verify-full",
            "sslrootcert": "/ca.pem",
            "target_session_attrs": "read-write",
            "application_name": "mine",
            "options": "-c statement_timeout=7 -c lock_timeout=500"
            " -c idle_in_transaction_session_timeout=10000",
        }

    def test_keep_their_time_limits_beside_options_of_a_url(self):
        options = alias_of("postgres://u@h/n?options=-c%20search_path%3Dours")["OPTIONS"]

        assert options["options"].startswith("-c search_path=ours -c statement_timeout=7 -c lock_timeout=")

    def test_may_be_reached_by_a_folder(self):
        alias = alias_of("postgres://u@/n?host=/a%20folder")

        assert (alias["HOST"], alias["PORT"]) == ("/a folder", "5432")


_NO_FILES = dict.fromkeys(("ca_certs", "certfile", "keyfile"))


class TestCelery:
    @pytest.mark.parametrize(
        ("url", "broker", "tls"),
        [
            ("redis://:p@h:1/2", "redis://:p@h:1/2", False),
            ("unix://:p@/s.sock?db=2", "redis+socket://:p@/s.sock?virtual_host=2", None),
            # Of a URL alone kombu would verify nothing.
            ("rediss://h/2", "rediss://h/2", {"ssl_cert_reqs": "required", "ssl_check_hostname": True}),
            (
                "rediss://h/2?ssl_cert_reqs=none&ssl_check_hostname=false",
                "rediss://h/2",
                {"ssl_cert_reqs": "none", "ssl_check_hostname": False},
            ),
            ("amqp://u:p@h:1/v", "amqp://u:p@h:1/v", False),
            # py-amqp compares names where it is told one.
            (
                "amqps://u@h/v",
                "amqps://u@h/v",
                {**_NO_FILES, "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": "h"},
            ),
            (
                "amqps://h?ssl_check_hostname=false",
                "amqps://h",
                {**_NO_FILES, "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None},
            ),
            (
                "amqps://h?ssl_cert_reqs=none",
                "amqps://h",
                {**_NO_FILES, "cert_reqs": ssl.CERT_NONE, "server_hostname": None},
            ),
        ],
    )
    def test_is_told_of_tls_in_its_own_setting(self, url, broker, tls):
        found = celery(replace(environment.load(), broker_url=url))

        assert (found["broker_url"], found.get("broker_use_ssl")) == (broker, tls)
