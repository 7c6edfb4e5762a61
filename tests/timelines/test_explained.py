"""Staff are told of a home why each post is there, or is not; to nobody else it says so."""

from dataclasses import replace

import pytest

from modules.accounts.public import issue_session_token, set_roles, suspend_account
from modules.graph.schemas import MuteOptions
from modules.graph.services.mutes import mute
from modules.kernel import clock
from modules.kernel.principals import OPERATOR
from tests.kit.callers import credentials, make_world
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past
from tests.timelines.kit import follow

pytestmark = pytest.mark.django_db

PATH = "/v1/timelines/home"


@pytest.fixture
def operator():
    """An operator, in a session of theirs."""
    person = make_person("olga")
    set_roles(person.id, [OPERATOR])
    return replace(person, token=issue_session_token(person.id, now=clock.now()))


def explain(reader, query=""):
    answer = call("GET", f"{PATH}?explain=1{query}", as_=reader)
    assert answer.status == 200
    told = {
        int(one["post_id"]): (one["reason"], one["source"], one["dropped_by"])
        for one in answer.body["explained"]["candidates"]
    }
    return answer, told


class TestExplain:
    def test_tells_where_each_post_comes_from_and_what_is_dropped_by_which_rule(self, operator):
        ada, gone, loud = make_person("ada"), make_person("gone"), make_person("loud")
        follow(operator, ada, gone, loud)
        drain()
        own, shown, hidden, muted = (publish(person) for person in (operator, ada, gone, loud))
        drain()
        call("GET", PATH, as_=operator)
        suspend_account(gone.id, now=NOON)
        mute(operator.id, loud.id, MuteOptions(), now=clock.now())
        drain()

        answer, told = explain(operator)

        assert told == {
            muted: ("followed", "window", "muted"),
            hidden: ("followed", "window", "not_visible"),
            shown: ("followed", "window", None),
            own: ("own", "window", None),
        }
        assert answer.texts == ["Hello", "Hello"]

    def test_tells_what_was_pulled_and_how_often_more_was_looked_for(self, operator, small_windows):
        ada, gone = make_person(), make_person()
        follow(operator, ada, gone)
        made = publish_past(ada, *range(1, 5)) + publish_past(gone, *range(5, 15))
        drain()
        call("GET", PATH, as_=operator)
        suspend_account(gone.id, now=NOON)
        drain()

        answer, told = explain(operator, "&limit=4")

        assert [int(card["id"]) for card in answer.body["data"]] == made[3::-1]
        assert told.keys() == set(made)
        assert {told[id] for id in made[:4]} == {("followed", "shards", None)}
        assert answer.body["explained"]["rounds"] == 4
        assert answer.body["explained"]["cards_ms"] > 0

    def test_changes_nothing_of_the_page(self, operator):
        ada = make_person()
        follow(operator, ada)
        publish_past(ada, *range(1, 6))
        plain = call("GET", f"{PATH}?limit=2", as_=operator).body

        explained = explain(operator, "&limit=2")[0].body

        cursors = ("next", "prev")
        assert explained.keys() - plain.keys() == {"explained"}
        assert {name: explained[name] for name in plain if name not in cursors} == {
            name: plain[name] for name in plain if name not in cursors
        }
        following = call("GET", f"{PATH}?explain=1&limit=2&cursor={explained['next']}", as_=operator)
        assert following.status == 200

    def test_is_refused_to_who_is_not_staff(self):
        answer = call("GET", f"{PATH}?explain=1", as_=sign_up("vera"))

        assert (answer.status, answer.body["code"]) == (403, "explanation_refused")

    @pytest.mark.parametrize(("caller", "status"), [("owner", 200), ("token", 403), ("on_behalf", 200)])
    def test_is_for_operators_in_person_and_services_that_they_let_act_for_users(self, caller, status):
        world = make_world()

        answer = call("GET", f"{PATH}?explain=1", as_=None, **credentials(caller, world, None))

        assert answer.status == status
