"""Push services that are away, slow, or will not have it; and who is held up by that: nobody else."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from modules.graph import public as graph
from modules.kernel import clock
from modules.push.models import Device, Push, Subscription
from modules.push.services import circuits, guard
from modules.push.services.sending import claim_due
from modules.push.services.transport import TIMED_OUT, Request, post_all
from modules.push.services.waiting import send_waiting_pushes
from sharding.scope import writing_for
from tests.kit.delivery import drain, until_replicated
from tests.kit.people import make_person, sign_up
from tests.push.kit import DEVICES, Browser, running_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return sign_up("ada")


@pytest.fixture
def browser(ada, service):
    browser = Browser(service)
    assert browser.register(ada).status == 200
    drain()
    until_replicated()
    return browser


def tell(person):
    """Give somebody something to be told of."""
    graph.follow(make_person().id, person.id)
    drain()


def later(**by):
    """Let the clock send what is due by then."""
    send_waiting_pushes(now=clock.now() + timedelta(**by))


def device_of(person):
    return Device.objects.of(person.id).on_primary().first()


class TestADeviceThatIsGone:
    @pytest.mark.parametrize("status", [404, 410])
    def test_is_removed(self, ada, browser, service, status):
        service.answers[browser.path] = status, {}

        tell(ada)

        assert device_of(ada) is None
        assert not Subscription.objects.exists()
        assert not Push.objects.of(ada.id).on_primary().exists()


class TestAServiceThatIsBusy:
    def test_is_asked_again_when_it_says_so(self, ada, browser, service):
        service.answers[browser.path] = 429, {"Retry-After": "600"}
        tell(ada)
        service.answers.clear()

        later(minutes=9)
        asked_early = len(service.got)
        later(minutes=11)

        assert (asked_early, len(service.got)) == (1, 2)
        assert device_of(ada).failures == 0

    def test_is_asked_at_growing_intervals(self, ada, browser, service):
        service.answers[browser.path] = 503, {}
        tell(ada)
        moments = []

        for minute in range(1, 20):
            before = len(service.got)
            later(minutes=minute)
            moments += [minute] * (len(service.got) - before)

        assert moments == [1, 3, 7, 15]

    @pytest.mark.parametrize("said", ["", "soon", "9" * 12, "Fri, 27 Nov 1998 10:00:00 GMT", "-1", "²"])
    def test_is_asked_within_hours_whatever_it_says(self, ada, browser, service, said):
        service.answers[browser.path] = 503, {"Retry-After": said}
        tell(ada)
        service.answers.clear()

        later(hours=6, minutes=1)

        assert len(service.got) == 2

    def test_has_its_device_removed_in_the_end(self, ada, browser, service, settings):
        settings.PUSH = replace(settings.PUSH, most_failures=2)
        service.answers[browser.path] = 500, {}

        tell(ada)
        later(minutes=2)

        assert device_of(ada) is None


class TestAServiceThatRefuses:
    @pytest.mark.parametrize("status", [400, 403, 413])
    def test_is_not_asked_again_and_told_of_without_its_address(self, ada, browser, service, status):
        service.answers[browser.path] = status, {}

        with capture_logs() as logs:
            tell(ada)
        later(hours=2)

        assert len(service.got) == 1
        [refused] = [entry for entry in logs if entry["event"] == "push_refused"]
        assert (refused["status"], refused["kind"]) == (status, "web")
        assert browser.path not in json.dumps(logs, default=str)

    def test_by_leading_elsewhere_is_not_followed(self, ada, browser, service):
        service.answers[browser.path] = 307, {"Location": f"http://{service.host}/elsewhere"}

        tell(ada)

        assert [each.path for each in service.got] == [browser.path]


class TestAServiceThatIsFrozen:
    def test_holds_up_nobody_who_is_elsewhere(self, ada, browser, service, settings):
        settings.PUSH = replace(settings.PUSH, within_s=1.0)
        thawed = threading.Event()
        with running_service() as frozen:
            frozen.before = lambda path: bool(thawed.wait(30))
            hosts = frozenset([service.host, frozen.host])
            settings.PUSH = replace(settings.PUSH, private_hosts=hosts)
            for _ in range(3):
                Browser(frozen).register(ada)
            until_replicated()
            begun_at = time.monotonic()

            tell(ada)

            took_s = time.monotonic() - begun_at
            thawed.set()
        assert len(browser.shown) == 1
        # All three were waited for at once, and the circuit is open for whoever comes next.
        assert 1.0 <= took_s < 3.0
        assert circuits.is_open(frozen.host)
        assert not circuits.is_open(service.host)

    def test_is_left_alone_for_a_while(self, ada, browser, service):
        for _ in range(circuits.MOST_TROUBLES):
            circuits.note(service.host, has_answered=False)

        tell(ada)
        while_open = len(service.got)
        circuits.forget()
        later(minutes=2)

        assert (while_open, len(service.got)) == (0, 1)
        assert device_of(ada).failures == 0

    @pytest.mark.parametrize(
        ("scheme", "begins"),
        [
            ("http", b"HTTP/1.1 201 Created\r\nX-Long: "),
            # A record of a handshake, of 16 KB.
            ("https", b"\x16\x03\x03\x3f\xff"),
        ],
    )
    def test_is_cut_off_also_when_it_sends_a_byte_now_and_then(self, scheme, begins):
        with dripping_server(begins) as (address, is_cut):
            begun_at = time.monotonic()
            request = Request(f"{scheme}://{address}/", {}, b"x", may_be_private=True)

            [answer] = post_all([request], within_s=0.5)

            assert answer.trouble == TIMED_OUT
            assert time.monotonic() - begun_at < 2.0
            assert is_cut.wait(10)


class TestAWorkerThatDied:
    def test_leaves_it_to_the_next_after_two_minutes(self, ada, browser, service):
        graph.follow(make_person().id, ada.id)
        drain(but="push.send_pushes")
        rows = Push.objects.of(ada.id).on_primary()
        assert len(claim_due(ada.id, now=clock.now())) == 1

        later(minutes=1)
        too_early = len(service.got)
        later(minutes=3)

        assert (too_early, len(service.got)) == (0, 1)
        assert [row.due_at for row in rows] == [None]


class TestTheClock:
    def test_goes_on_where_one_user_cannot_be_pushed_to(self, ada, browser, service):
        other, ben = Browser(service), sign_up("ben")
        other.register(ben)
        drain()
        fan = make_person()
        for person in (ada, ben):
            graph.follow(fan.id, person.id)
            drain(but="push.send_pushes")
        with writing_for(ada.id):
            Device.objects.of(ada.id).update(p256dh="AAAA")

        with capture_logs() as logs:
            later(minutes=1)

        assert [each["type"] for each in other.shown] == ["follow"]
        assert [entry["user_id"] for entry in logs if entry["event"] == "pushes_not_sent"] == [str(ada.id)]


class TestAPrivateAddress:
    def test_is_not_connected_to_unless_the_operator_says_so(self, ada, browser, service, settings):
        settings.PUSH = replace(settings.PUSH, private_hosts=frozenset())

        with capture_logs() as logs:
            tell(ada)

        assert service.got == []
        assert [entry["trouble"] for entry in logs if entry["event"] == "push_failed"] == ["PrivateAddress"]

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "::1", "0"])
    def test_is_met_whatever_it_is_called(self, host):
        with pytest.raises(guard.PrivateAddress):
            guard.open_connection(host, 443, timeout=1, may_be_private=False)

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
            *("224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "192.0.0.8", "0.0.0.0"),
            *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1", "fec0::1"),
            *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"),
            *("2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "64:ff9b:1::1"),
        ],
    )
    def test_is_known_in_all_its_shapes(self, address):
        assert not guard.is_public(address)

    @pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "::ffff:93.184.216.34"])
    def test_is_none_of_the_internets(self, address):
        assert guard.is_public(address)


class TestAnApp:
    @pytest.fixture
    def app(self, ada, service, settings):
        """Ada's phone, which is reached by a provider."""
        settings.PUSH = replace(
            settings.PUSH, provider_url=f"http://{service.host}/provider", provider_secret="s3cret"
        )
        answer = ada.call(
            "PUT", f"{DEVICES}/01890a5d-ac96-774b-bcce-b302099a8057", {"kind": "provider", "token": "tok-1"}
        )
        assert answer.status == 200
        until_replicated()

    def test_is_pushed_to_by_way_of_the_provider(self, ada, app, service):
        tell(ada)

        [pushed] = service.to("/provider")
        body = json.loads(pushed.body)
        assert pushed.headers["authorization"] == "Bearer s3cret"
        assert {name: body[name] for name in ("token", "urgency", "ttl")} == {
            "token": "tok-1",
            "urgency": "normal",
            "ttl": 86_400,
        }
        assert (body["payload"]["type"], body["payload"]["actor_count"]) == ("follow", 1)
        assert len(body["topic"]) == 32

    def test_is_removed_when_the_provider_knows_its_token_no_more(self, ada, app, service):
        service.answers["/provider"] = 410, {}

        tell(ada)

        assert device_of(ada) is None

    def test_has_a_token_and_nothing_of_a_browser(self, ada, app, service):
        sent = Browser(service).body | {"kind": "provider", "token": "a b"}

        answer = ada.call("PUT", f"{DEVICES}/01890a5d-ac96-774b-bcce-b302099a8057", sent)

        assert (answer.status, answer.pointers) == (422, ["/token", "/endpoint", "/p256dh", "/auth"])


@contextmanager
def dripping_server(begins):
    """A server that begins to answer and never ends, a byte at a time."""
    listening, is_cut = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip():
        connection, _ = listening.accept()
        with connection:
            connection.sendall(begins)
            try:
                while not is_cut.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                is_cut.set()

    threading.Thread(target=drip, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}", is_cut
    finally:
        listening.close()
