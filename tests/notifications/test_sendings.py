"""What services send reaches everybody once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.accounts.public import set_roles, suspend_account
from modules.accounts.schemas import NewKey
from modules.accounts.services.keys import create_key
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from tests.kit.callers import make_app
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import Response, call
from tests.kit.people import Person, make_person, sign_up
from tests.notifications.kit import cards, counts

pytestmark = pytest.mark.django_db


def make_service(owner: Person) -> str:
    """Return the header of a service key."""
    new = NewKey(name="service", scopes=["write:notifications"])
    key = create_key(owner.id, make_app(owner.id), new, now=clock.now(), once=None).key
    return f"Bearer {key}"


def send(service: str, *recipient_ids: int, key: str = "one") -> Response:
    body = {
        "recipient_ids": [str(id) for id in recipient_ids],
        "name": "order.shipped",
        "data": {"number": 7},
    }
    return call("POST", "/v1/notifications", body, as_=None, Authorization=service, Idempotency_Key=key)


def test_reaches_each_recipient_once_however_often_it_is_sent_and_delivered(settings):
    settings.NOTIFICATIONS = replace(settings.NOTIFICATIONS, sending_part=2)
    operator, gone = make_person(), make_person()
    set_roles(operator.id, [OPERATOR])
    people = [sign_up(f"told{n}", shard=shard) for n, shard in enumerate((3, 4, 4000))]
    suspend_account(gone.id, now=clock.now())
    drain()
    service = make_service(operator)
    ids = [*(one.id for one in people), gone.id, 284736281736281]

    answers = [send(service, *ids), send(service, *ids)]
    drain(times=2)
    until_replicated()

    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].body == answers[1].body
    assert answers[0].body["recipients"] == 5
    for person in people:
        [card] = cards(person)
        assert (card["type"], card["name"], card["data"]) == ("custom", "order.shipped", {"number": 7})
        assert counts(person) == (1, 1)


def test_is_for_services_of_operators_alone():
    service = make_service(make_person())

    answer = send(service, make_person().id)

    assert (answer.status, answer.body["code"]) == (403, "operator_keys_only")
