"""People who are found: by which names, in what order, by whom, and how their rows are kept."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

import modules.search.tasks  # noqa: F401 - so that its subscribers are known
from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.profiles.schemas import EditProfile
from modules.profiles.services.profiles import edit_profile
from modules.search.models import FoundPerson
from modules.search.models.folding import fold
from modules.search.selectors.people import list_people
from modules.search.services.audits import compare_people, repair_people
from modules.search.services.people import rebuild_people, store_person
from sharding import scatter
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, Person, make_newcomer, make_person
from tests.search.kit import viewer_of

pytestmark = pytest.mark.django_db


def found(line: str, viewer: Person | None = None) -> list[int]:
    until_replicated()
    return [card.id for card in list_people(line, Paging.first(), viewer=viewer_of(viewer)).parse().data]


def run_people(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("people", *words, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def call_themselves(name: str, username: str | None = None) -> Person:
    """Make somebody with a display name, whom search has heard of."""
    person = make_newcomer(username) if username else make_person()
    drain()
    edit_profile(person.id, EditProfile(display_name=name))
    drain(times=2)
    return person


class TestFold:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Ada LOVELACE", ("ada", "lovelace")),
            ("ada_l.o-v", ("ada", "l", "o", "v")),
            ("Čapek Straße \ufb01n \uff21", ("capek", "strasse", "fin", "a")),
            ("山田 たろう", ("山", "田", "た", "ろ", "う")),
            ("\U0001f44d\U0001f3fd x\ufe0f\u200d", ("\U0001f44d", "x")),
            ("हिन्दी", ("हिन्दी",)),
            ("!!", ()),
        ],
    )
    def test_makes_words_of_a_name(self, text, words):
        assert fold(text) == words


class TestPeople:
    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("Karel Čapek", ["cap", "ČAPEK ka", "karel", "karl capek"]),
            ("山田太郎", ["山田", "田太", "太郎"]),
            ("\U0001f525 Fire", ["\U0001f525\U0001f525", "fi \U0001f525"]),
            ("50% off_line", ["50% off_line", "off_line"]),
        ],
    )
    def test_are_found_by_the_beginnings_of_their_names(self, name, lines):
        person = call_themselves(name)
        call_themselves("Somebody Else")

        assert [found(line) for line in lines] == [[person.id]] * len(lines)

    def test_come_by_username_first_then_by_followers(self):
        ada, ada_b, ada_c = (call_themselves("Ada", name) for name in ("ada", "ada_b", "ada_c"))
        for follower in (make_person(), make_person()):
            graph.follow(follower.id, ada_c.id)
        drain()
        rebuild_people()

        assert found("@Ada") == [ada.id, ada_c.id, ada_b.id]

    def test_are_not_found_by_whom_they_block_or_when_closed(self):
        ada, bea = call_themselves("Ada Xyz"), make_person()
        graph.block(ada.id, bea.id, now=NOON)
        drain()
        assert (found("xyz", bea), found("xyz")) == ([], [ada.id])

        accounts.suspend_account(ada.id, now=NOON)
        drain()
        assert found("xyz") == []
        store_person(ada.id, once=None)
        assert FoundPerson.objects.get(user_id=ada.id).is_open is False

        accounts.restore_account(ada.id)
        drain(times=2)
        assert found("xyz") == [ada.id]

    def test_who_is_hidden_changes_nothing_of_an_answer(self):
        viewer = make_person()
        for _ in range(8):
            graph.block(call_themselves("Hidden").id, viewer.id, now=NOON)
        drain()

        answers = [
            list_people(line, Paging.first(2), viewer=viewer_of(viewer)).json for line in ("hidden", "absent")
        ]

        assert answers[0] == answers[1]

    @pytest.mark.parametrize("many", [5, 40])
    def test_cost_one_read_of_the_directory_the_cards_and_the_counts(self, many):
        for number in range(50):
            store_person(make_person(f"walker_{number}").id, once=None)
        viewer = make_person()
        with scatter.serially():
            list_people("walker", Paging.first(many + 1), viewer=viewer_of(viewer))

            with count_queries() as queries, count_trips() as trips:
                page = list_people("walker", Paging.first(many), viewer=viewer_of(viewer))

        assert len(page.parse().data) == many
        # The time limit and the names; how many follow, of each instance; the cards.
        assert (count_reads(queries), trips.trips) == (2 + 2, 1)

    def test_may_be_looked_for_by_nobody_with_words_that_are_some(self):
        assert call("GET", "/v1/search/users?q=ada").status == 200
        assert call("GET", "/v1/search/users?q=!!").body["code"] == "nothing_to_look_for"


class TestSubscribers:
    def test_have_a_new_person_found_delivered_twice(self):
        ada = make_newcomer("ada")
        assert FoundPerson.objects.count() == 0

        drain(times=2)

        rows = FoundPerson.objects.values_list("user_id", "username", "words", "is_open")
        assert list(rows) == [(ada.id, "ada", " ada ada", True)]

    def test_know_somebody_by_their_new_names_delivered_twice(self):
        ada = make_newcomer("ada")
        drain()
        edit_profile(ada.id, EditProfile(display_name="Countess"))

        drain(times=2)

        [row] = FoundPerson.objects.all()
        assert (row.user_id, row.words) == (ada.id, " ada countess")
        assert (found("countess"), found("ada")) == ([ada.id], [ada.id])


class TestRows:
    def test_are_compared_and_made_anew(self):
        ada = call_themselves("Ada")
        late = make_person("late")
        FoundPerson.objects.filter(user_id=ada.id).update(words=" wrong")

        differences = list(compare_people([ada.id, late.id]))
        assert {each.owner_id for each in differences} == {ada.id, late.id}
        assert repair_people(differences) == 2
        assert list(compare_people([ada.id, late.id])) == []

    def test_are_rebuilt_by_a_command(self):
        ada = make_person("ada")

        dry, wet, again = (run_people("--json", *more) for more in (["--dry-run"], [], ["--dry-run"]))

        assert (dry["changed"], wet["changed"], again["changed"]) == (1, 1, 0)
        assert found("ada") == [ada.id]

    def test_of_older_news_change_nothing(self):
        ada = call_themselves("Ada")
        FoundPerson.objects.filter(user_id=ada.id).update(version=99, words=" newer")

        store_person(ada.id, once=None)

        assert FoundPerson.objects.get(user_id=ada.id).words == " newer"
