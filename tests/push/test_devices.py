"""Where people are pushed to: what is a device, whose it is, and when it ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connections

from modules.accounts import public as accounts
from modules.accounts.services.sessions import end_session
from modules.graph import public as graph
from modules.kernel import clock
from modules.push.models import Subscription
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import sign_up
from tests.push.kit import DEVICES, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return sign_up("ada")


def devices(person):
    """Return the ids of somebody's devices as the list shows them."""
    until_replicated()
    return [card["id"] for card in person.call("GET", DEVICES).body["data"]]


def log_in_again(person):
    """Return the same person in a second session."""
    return replace(person, token=accounts.issue_session_token(person.id, now=clock.now()))


class TestADevice:
    def test_is_shown_without_what_it_is_reached_by(self, ada, service):
        browser = Browser(service)

        answer = browser.register(ada)

        card = answer.body
        assert answer.status == 200
        assert {name: card[name] for name in ("id", "kind", "name", "is_current")} == {
            "id": str(browser.device_id),
            "kind": "web",
            "name": "Firefox",
            "is_current": True,
        }
        assert call("GET", DEVICES, as_=ada).body["data"] == [card]
        other = log_in_again(ada)
        until_replicated()
        assert [each["is_current"] for each in other.call("GET", DEVICES).body["data"]] == [False]

    def test_is_one_however_often_it_is_registered(self, ada, service):
        browser = Browser(service)

        first, again = browser.register(ada).body, browser.register(ada).body

        assert devices(ada) == [str(browser.device_id)]
        assert again["created_at"] == first["created_at"]
        assert again["used_at"] > first["used_at"]

    def test_is_the_same_in_capitals(self, ada, service):
        browser = Browser(service)
        ada.call("PUT", f"{DEVICES}/{str(browser.device_id).upper()}", browser.body)

        browser.register(ada)

        assert devices(ada) == [str(browser.device_id)]

    def test_is_nobody_elses(self, ada, service):
        browser, ben = Browser(service), sign_up("ben")
        browser.register(ada)

        removed = ben.call("DELETE", f"{DEVICES}/{browser.device_id}")

        assert (removed.status, removed.body["code"]) == (404, "device_not_found")
        assert (devices(ben), devices(ada)) == ([], [str(browser.device_id)])

    def test_is_gone_once_it_is_removed_also_from_the_directory(self, ada, service):
        browser = Browser(service)
        browser.register(ada)

        answer = ada.call("DELETE", f"{DEVICES}/{browser.device_id}")
        drain(times=2)

        assert answer.status == 204
        assert devices(ada) == []
        assert not Subscription.objects.exists()

    def test_leaves_when_there_are_more_than_twenty_that_were_used_since(self, ada, service):
        browsers = [Browser(service) for _ in range(21)]
        for browser in browsers[:20]:
            browser.register(ada)
        browsers[0].register(ada)

        browsers[20].register(ada)

        kept = [browsers[20], browsers[0], *browsers[19:1:-1]]
        assert devices(ada) == [str(browser.device_id) for browser in kept]

    def test_that_is_new_is_counted_and_one_that_is_known_is_not(self, ada, service, settings):
        settings.LIMITS = replace(settings.LIMITS, is_on=True)
        browsers = [Browser(service) for _ in range(31)]
        statuses = [browser.register(ada).status for browser in browsers]

        assert statuses == [200] * 30 + [429]
        assert browsers[29].register(ada).status == 200


class TestWhatIsNoDevice:
    @pytest.mark.parametrize(
        "endpoint",
        [
            *("", "push.example.org/x", "http://push.example.org/x", "ftp://push.example.org/x"),
            *("https://127.0.0.1/x", "https://[::1]/x", "https://2130706433/x", "https://127.1/x"),
            *(
                "https://0x7f.1/x",
                "https://127.0.0.0x1/x",
                "https://localhost/x",
                "https://push.example.org./x",
            ),
            *(
                "https://push.example.org:8443/x",
                "https://push.example.org:x/",
                "https://push.example.org@h.org/",
            ),
            *(
                "https://u:p@push.example.org/x",
                "https://push.example.org/x#y",
                "https://push.example.org\\@h.org/",
            ),
            *(
                "https://push.example.org/a b",
                "https://push.example.org/\n",
                "https://púsh.example.org/x",
                "https://",
            ),
            # Other spellings of what would be two targets of one browser.
            *("HTTPS://push.example.org/x", "https://push.example.org:443/x", "https://PUSH.example.org/x"),
        ],
    )
    def test_is_refused_by_its_endpoint(self, ada, service, endpoint):
        answer = ada.call("PUT", f"{DEVICES}/{uuid4()}", Browser(service).body | {"endpoint": endpoint})

        assert (answer.status, answer.body["code"]) == (422, "device_invalid")
        assert answer.pointers == ["/endpoint"]

    @pytest.mark.parametrize("name", ["p256dh", "auth"])
    @pytest.mark.parametrize("value", ["", "!!!!", "AAAA", "ключ", "BA" + "A" * 85])
    def test_is_refused_by_its_keys(self, ada, service, name, value):
        answer = ada.call("PUT", f"{DEVICES}/{uuid4()}", Browser(service).body | {name: value})

        assert (answer.status, answer.pointers) == (422, [f"/{name}"])

    def test_is_told_all_that_is_wrong_at_once(self, ada, service):
        answer = ada.call("PUT", f"{DEVICES}/{uuid4()}", {"kind": "web", "token": "x"})

        assert answer.pointers == ["/endpoint", "/p256dh", "/auth", "/token"]

    def test_is_refused_where_nothing_is_pushed_to_its_kind(self, ada, service, settings):
        settings.PUSH = replace(settings.PUSH, private_key="", provider_url="")

        web = Browser(service).register(ada)
        app = ada.call("PUT", f"{DEVICES}/{uuid4()}", {"kind": "provider", "token": "x"})

        assert [(each.status, each.body["code"]) for each in (web, app)] == [(409, "push_not_offered")] * 2
        assert call("GET", "/v1/push/key").body == {"public_key": None, "has_provider": False}


class TestATargetOfTwo:
    def test_is_of_who_registered_it_last(self, ada, service):
        shared, ben = Browser(service), sign_up("ben")
        shared.register(ada)

        shared.register(ben)
        drain(times=2)

        assert (devices(ada), devices(ben)) == ([], [str(shared.device_id)])
        assert [row.user_id for row in Subscription.objects.all()] == [ben.id]

    def test_has_one_id_where_one_user_registers_it_under_another(self, ada, service):
        first = Browser(service)
        again = replace(first, device_id=uuid4())
        first.register(ada)

        again.register(ada)
        drain(times=2)

        assert devices(ada) == [str(again.device_id)]
        assert Subscription.objects.count() == 1


class TestTabsThatBeginAtOnce:
    def test_make_one_device_that_is_pushed_to(self, ada, service):
        browser = Browser(service)

        def register(_):
            status = browser.register(ada).status
            connections.close_all()
            return status

        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(register, range(4)))
        drain()

        assert statuses == [200] * 4
        assert devices(ada) == [str(browser.device_id)]
        graph.follow(sign_up("ben").id, ada.id)
        drain()
        assert len(browser.shown) == 1

    def test_and_one_that_is_removed_and_registered_again_is_pushed_to(self, ada, service):
        browser = Browser(service)
        browser.register(ada)
        ada.call("DELETE", f"{DEVICES}/{browser.device_id}")
        browser.register(ada)

        drain(times=2)

        assert devices(ada) == [str(browser.device_id)]
        graph.follow(sign_up("ben").id, ada.id)
        drain()
        assert len(browser.shown) == 1


class TestTheEndOfASession:
    def test_is_that_of_its_devices_and_no_others(self, ada, service):
        here, there = Browser(service), Browser(service)
        elsewhere = log_in_again(ada)
        here.register(ada)
        there.register(elsewhere)

        end_session(ada.token)
        drain(times=2)

        assert devices(elsewhere) == [str(there.device_id)]

    @pytest.mark.parametrize(
        "end",
        [
            lambda user_id: accounts.end_all_sessions(user_id),
            lambda user_id: accounts.suspend_account(user_id, now=clock.now()),
            lambda user_id: accounts.request_deletion(user_id, confirm="ada", now=clock.now()),
        ],
        ids=["all sessions ended", "suspended", "closed"],
    )
    def test_comes_in_other_ways_too(self, ada, service, end):
        Browser(service).register(ada)

        end(ada.id)
        drain(times=2)

        assert not Subscription.objects.exists()


class TestTheList:
    @pytest.mark.parametrize("many", [1, 20])
    def test_costs_one_query_at_any_length(self, ada, service, many):
        for _ in range(many):
            Browser(service).register(ada)
        devices(ada)

        with count_queries() as queries:
            page = call("GET", DEVICES, as_=ada)

        assert len(page.body["data"]) == many
        assert count_reads(queries) == 1
