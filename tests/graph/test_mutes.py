"""Muting and unmuting: one side, options that are replaced, an end that comes by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.graph.errors import MuteCapReached
from modules.graph.models import Mute
from modules.graph.schemas import MuteOptions
from modules.graph.services.blocks import block
from modules.graph.services.mutes import mute, unmute
from modules.kernel import clock
from sharding.ids import make_id
from tests.kit.delivery import announced, drain
from tests.kit.people import NOON, Person
from tests.kit.relationships import stands, stands_as_json

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


def muted(person: Person) -> list[int]:
    return sorted(Mute.objects.of(person.id).on_primary().values_list("target_id", flat=True))


class TestMute:
    def test_without_a_body_is_for_ever_and_of_notifications_too(self, ada, vera):
        drain()

        answer = ada.call("PUT", f"/v1/me/mutes/{vera.id}")

        assert (answer.status, answer.body) == (200, stands_as_json(vera.id, muting=True))
        row = Mute.objects.of(ada.id).get()
        assert (row.expires_at, row.mutes_notifications) == (None, True)

    def test_with_a_body_is_as_it_says_and_replaces_what_was_said(self, ada, vera):
        drain()
        until = clock.now() + SOON
        ada.call("PUT", f"/v1/me/mutes/{vera.id}", {"notifications": False})

        answer = ada.call("PUT", f"/v1/me/mutes/{vera.id}", {"expires_at": until.isoformat()})

        expected = stands_as_json(vera.id, muting=True, muted_until=until)
        assert (answer.status, answer.body) == (200, expected)
        assert Mute.objects.of(ada.id).get().mutes_notifications is True
        shown = ada.call("GET", f"/v1/me/relationships?ids={vera.id}").body["data"]
        assert shown == [expected]

    def test_is_told_to_nobody(self, ada, vera):
        drain()
        mute(ada.id, vera.id, MuteOptions(), now=NOON)

        assert [announced(f"graph.{name}.v1") for name in ("ties_changed", "blocked")] == [
            [{"user_id": ada.id}],
            [],
        ]

    @pytest.mark.parametrize(
        ("target", "body", "status", "code"),
        [
            ("ada", None, 422, "cannot_mute_yourself"),
            (make_id(1, 9, 9), None, 404, "user_not_found"),
            ("vera", {"expires_at": "2020-01-01T00:00:00Z"}, 422, "mute_end_invalid"),
            ("vera", {"expires_at": "2999-01-01T00:00:00Z"}, 422, "mute_end_invalid"),
            ("vera", {"expires_at": "2999-01-01T00:00:00"}, 400, "body_invalid"),
            ("vera", {"notifications": "no"}, 400, "body_invalid"),
            ("vera", {"until": None}, 400, "body_invalid"),
            ("vera", b"", 200, None),
            ("vera", b" ", 400, "json_invalid"),
        ],
    )
    def test_refuses_what_is_no_mute(self, ada, vera, target, body, status, code):
        ids = {"ada": ada.id, "vera": vera.id}

        answer = ada.call("PUT", f"/v1/me/mutes/{ids.get(target, target)}", body)

        assert (answer.status, answer.body.get("code")) == (status, code)

    def test_of_who_blocks_one_is_refused_as_if_there_were_nobody(self, ada, vera):
        block(vera.id, ada.id, now=NOON)
        drain()

        assert ada.call("PUT", f"/v1/me/mutes/{vera.id}").status == 404
        assert muted(ada) == []

    def test_refuses_more_than_the_cap_and_does_not_count_what_has_expired(self, ada, grace, vera, settings):
        settings.GRAPH = replace(settings.GRAPH, mute_cap=1)
        now = clock.now()
        mute(ada.id, vera.id, MuteOptions(expires_at=now + SOON), now=now)
        with pytest.raises(MuteCapReached):
            mute(ada.id, grace.id, MuteOptions(), now=now)

        mute(ada.id, grace.id, MuteOptions(), now=now + SOON)

        assert muted(ada) == [grace.id]

    def test_that_has_expired_begins_anew(self, ada, vera):
        now = clock.now()
        mute(ada.id, vera.id, MuteOptions(expires_at=now + SOON), now=now)
        first = Mute.objects.of(ada.id).get().edge_id

        again = mute(ada.id, vera.id, MuteOptions(), now=now + SOON)

        assert again == stands(vera.id, muting=True)
        assert Mute.objects.of(ada.id).on_primary().get().edge_id > first


class TestUnmute:
    def test_ends_it_and_says_nothing_also_twice(self, ada, vera):
        mute(ada.id, vera.id, MuteOptions(), now=NOON)

        answers = [ada.call("DELETE", f"/v1/me/mutes/{vera.id}") for _ in range(2)]

        assert [(answer.status, answer.body) for answer in answers] == [(204, None)] * 2
        assert muted(ada) == []


class TestListMutes:
    def test_leaves_out_what_has_expired(self, ada, grace, vera, monkeypatch):
        drain()
        now = clock.now()
        mute(ada.id, vera.id, MuteOptions(expires_at=now + SOON), now=now)
        mute(ada.id, grace.id, MuteOptions(), now=now)
        unmute(ada.id, 7)

        def listed() -> list[str]:
            return [card["id"] for card in ada.call("GET", "/v1/me/mutes").body["data"]]

        assert listed() == [str(grace.id), str(vera.id)]
        monkeypatch.setattr(clock, "now", lambda: now + SOON)
        assert listed() == [str(grace.id)]
