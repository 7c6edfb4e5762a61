"""Lists of people: their owner's alone, read by pull, with nobody in them who may not be seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections

from modules.accounts.public import suspend_account
from modules.graph import public as graph
from modules.graph.schemas import MuteOptions
from modules.graph.services.blocks import block
from modules.graph.services.mutes import mute
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.posts import public as posts
from modules.timelines.errors import ListFull, ListNotFound, TooManyLists
from modules.timelines.models import List, ListMember, Marker
from modules.timelines.schemas import NewList
from modules.timelines.selectors.list_timeline import get_list_timeline
from modules.timelines.selectors.lists import list_lists, list_members
from modules.timelines.services.lists import add_member, create_list, delete_list, remove_member
from modules.timelines.services.markers import move_marker
from sharding.ids import make_id
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.kit.delivery import aliases, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads, ids_of, on
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past

pytestmark = pytest.mark.django_db


def make_list(owner, *members, name="Friends"):
    list_id = create_list(owner.id, NewList(name=name), once=None).id
    for member in members:
        add(owner, list_id, member)
    until_replicated()
    return list_id


def add(owner, list_id, member):
    add_member(list_id, member.id, viewer=graph.viewer_of(owner.id))


def read(owner, list_id, paging=None):
    until_replicated()
    return get_list_timeline(list_id, paging or Paging.first(), viewer=graph.viewer_of(owner.id))


def member_ids(owner, list_id, limit=100):
    until_replicated()
    page = list_members(list_id, Paging.first(limit), viewer=graph.viewer_of(owner.id)).parse()
    return [card.id for card in page.data]


def rows_of(owner, list_id):
    return ListMember.objects.of(owner.id).on_primary().filter(list_id=list_id).count()


class TestTimeline:
    def test_shows_what_members_post_newest_first_followed_or_not(self):
        vera, ada, grace, stranger = sign_up("vera"), make_person("ada"), make_person(), make_person()
        graph.follow(vera.id, ada.id)
        list_id = make_list(vera, ada, grace)
        made = [publish(person) for person in (ada, grace, stranger, vera, ada)]

        page = read(vera, list_id).parse()

        assert [card.id for card in page.data] == [made[4], made[1], made[0]]
        assert page.included.users.keys() == {ada.id, grace.id}
        assert (page.next, page.partial, page.missing) == (None, False, [])

    def test_knows_at_the_next_read_who_came_and_who_went(self):
        vera, ada, grace = make_person(), make_person(), make_person()
        hers, others = publish_past(ada, 1)[0], publish_past(grace, 2)[0]
        list_id = make_list(vera, ada)
        assert ids_of(read(vera, list_id)) == [hers]

        add(vera, list_id, grace)
        assert ids_of(read(vera, list_id)) == [others, hers]

        remove_member(vera.id, list_id, ada.id)
        remove_member(vera.id, list_id, ada.id)
        assert ids_of(read(vera, list_id)) == [others]

    def test_of_nobody_is_empty_and_of_no_list_is_refused(self):
        vera, ada = make_person(), make_person()
        list_id = make_list(vera)

        assert ids_of(read(vera, list_id)) == []
        with pytest.raises(ListNotFound):
            read(ada, list_id)

    def test_hides_who_is_closed_and_what_is_deleted_and_fills_the_page_again(self):
        vera, ada, grace = make_person(), make_person(), make_person()
        shown = publish_past(ada, 1, 2)
        publish_past(grace, *range(3, 9))
        [gone] = publish_past(ada, 9)
        list_id = make_list(vera, ada, grace)
        assert len(ids_of(read(vera, list_id))) == 9

        suspend_account(grace.id, now=NOON)
        posts.delete_post(ada.id, gone, now=NOON)
        drain()

        assert ids_of(read(vera, list_id, Paging.first(3))) == shown[::-1]
        assert member_ids(vera, list_id) == [ada.id]

    @pytest.mark.parametrize("is_by_owner", [True, False])
    def test_hides_across_a_block_of_either_side_and_not_whom_the_owner_mutes(self, is_by_owner):
        vera, ada, grace = make_person(), make_person(), make_person()
        publish_past(ada, 1)
        [shown] = publish_past(grace, 2)
        list_id = make_list(vera, ada, grace)
        blocker, blocked = (vera, ada) if is_by_owner else (ada, vera)

        block(blocker.id, blocked.id, now=NOON)
        mute(vera.id, grace.id, MuteOptions(), now=NOON)
        drain()

        assert ids_of(read(vera, list_id)) == [shown]
        assert member_ids(vera, list_id) == [grace.id]
        with pytest.raises(graph.UserNotFound):
            add(vera, make_list(vera), ada)

    @pytest.mark.parametrize(("many", "members"), [(5, 6), (40, 6), (5, 200), (40, 200)])
    def test_costs_the_same_at_any_length_and_with_any_number_of_members(self, many, members):
        vera, authors = make_person(), [make_person() for _ in range(6)]
        list_id = make_list(vera, *authors)
        for author in authors:
            publish_past(author, *range(1, 11))
        fill_up(vera, list_id, members)
        read(vera, list_id, Paging.first(many))

        with count_queries() as queries, count_trips() as trips:
            page = read_once(vera, list_id, Paging.first(many))

        assert len(page.parse().data) == many
        # Members, and the newest ids of two instances; the cards.
        assert (count_reads(queries), trips.trips) == (3, 1)


class TestMembers:
    def test_are_shown_newest_first_page_by_page_with_their_counts(self):
        vera, people = make_person(), [make_person() for _ in range(5)]
        list_id = make_list(vera, *people)
        viewer = graph.viewer_of(vera.id)

        first = list_members(list_id, Paging.first(3), viewer=viewer)
        second = list_members(list_id, on(Paging.first(3), first.next), viewer=viewer)

        ids = [card.id for page in (first, second) for card in page.parse().data]
        assert ids == [person.id for person in people[::-1]]
        assert first.parse().state.keys() == {person.id for person in people[2:]}
        assert second.next is None

    def test_stay_where_they_are_when_they_are_added_again(self):
        vera, ada, grace = make_person(), make_person(), make_person()
        list_id = make_list(vera, ada, grace)

        add(vera, list_id, ada)

        assert member_ids(vera, list_id) == [grace.id, ada.id]

    def test_are_no_more_than_may_be_however_many_come_at_once(self, settings):
        settings.TIMELINES = replace(settings.TIMELINES, member_cap=3)
        vera, people = make_person(), [make_person() for _ in range(6)]
        list_id = make_list(vera, people[0])

        with ThreadPoolExecutor(5) as threads:
            outcomes = list(threads.map(lambda person: outcome(add, vera, list_id, person), people[1:]))

        assert sorted(outcomes) == ["ListFull"] * 3 + ["done"] * 2
        add(vera, list_id, people[0])
        assert rows_of(vera, list_id) == 3

    def test_of_others_lists_are_neither_shown_nor_changed(self):
        vera, ada, grace = make_person(), make_person(), make_person()
        list_id = make_list(vera, grace)

        for attempt in (
            lambda: member_ids(ada, list_id),
            lambda: add(ada, list_id, grace),
            lambda: remove_member(ada.id, list_id, grace.id),
        ):
            with pytest.raises(ListNotFound):
                attempt()

        assert member_ids(vera, list_id) == [grace.id]

    def test_learn_nothing_of_it(self):
        vera, ada = make_person(), make_person()

        list_id = make_list(vera, ada)

        assert count_events() == 0
        assert [rows_of(person, list_id) for person in (vera, ada)] == [1, 0]

    @pytest.mark.parametrize("many", [5, 40])
    def test_cost_the_same_at_any_length(self, many):
        vera = make_person()
        list_id = make_list(vera, *(make_person() for _ in range(41)))
        viewer = graph.viewer_of(vera.id)
        list_members(list_id, Paging.first(100), viewer=viewer)

        with count_queries() as queries, count_trips() as trips:
            page = list_members(list_id, Paging.first(many), viewer=viewer)

        assert len(page.parse().data) == many
        # Members, and counts of two instances; the cards.
        assert (count_reads(queries), trips.trips) == (3, 1)


class TestLists:
    def test_are_no_more_than_may_be_however_many_are_made_at_once(self, settings):
        settings.TIMELINES = replace(settings.TIMELINES, list_cap=3)
        vera = make_person()
        make_list(vera)

        with ThreadPoolExecutor(5) as threads:
            outcomes = list(threads.map(lambda n: outcome(make, vera, f"{n}"), range(5)))

        assert sorted(outcomes) == ["TooManyLists"] * 3 + ["done"] * 2
        assert List.objects.of(vera.id).on_primary().count() == 3

    def test_go_with_their_members_and_their_marker_and_nothing_else_does(self):
        vera, ada = make_person(), make_person()
        gone, kept = make_list(vera, ada), make_list(vera, ada)
        for list_id in (gone, kept):
            move_marker(vera.id, f"list:{list_id}", make_id(1, 7, 0), now=NOON)

        delete_list(vera.id, gone)

        assert (rows_of(vera, gone), rows_of(vera, kept)) == (0, 1)
        assert [marker.timeline for marker in Marker.objects.of(vera.id).on_primary()] == [f"list:{kept}"]
        until_replicated()
        assert [card.id for card in list_lists(vera.id).data] == [kept]
        with pytest.raises(ListNotFound):
            delete_list(vera.id, gone)
        with pytest.raises(ListNotFound):
            delete_list(ada.id, kept)

    @pytest.mark.parametrize("many", [5, 40])
    def test_cost_one_read_at_any_length(self, many):
        vera = make_person()
        made = [make_list(vera, name=f"{n}") for n in range(many)]

        with count_queries() as queries:
            page = list_lists(vera.id)

        assert [card.id for card in page.data] == made[::-1]
        assert count_reads(queries) == 1


class TestHttp:
    def test_makes_renames_fills_and_deletes_a_list(self):
        vera, ada = sign_up("vera"), sign_up("ada")
        publish(ada, "hello")

        made = call("POST", "/v1/me/lists", {"name": "Poets"}, as_=vera, Idempotency_Key="k")
        again = call("POST", "/v1/me/lists", {"name": "Poets"}, as_=vera, Idempotency_Key="k")
        path = f"/v1/me/lists/{made.body['id']}"
        member = f"{path}/members/{ada.id}"
        until_replicated()
        shown = call("GET", path, as_=vera)
        etag = shown.headers["ETag"]
        renamed = call("PATCH", path, {"name": "Painters"}, as_=vera, If_Match=etag)
        stale = call("PATCH", path, {"name": "Sculptors"}, as_=vera, If_Match=etag)
        added = [call("PUT", member, as_=vera).status for _ in range(2)]
        until_replicated()
        listed = call("GET", f"{path}/members", as_=vera)
        timeline = call("GET", f"/v1/timelines/lists/{made.body['id']}", as_=vera)
        removed = [call("DELETE", member, as_=vera).status for _ in range(2)]
        deleted = [call("DELETE", path, as_=vera).status for _ in range(2)]

        assert (made.status, made.body["name"], again.body) == (201, "Poets", made.body)
        assert shown.body["data"] == made.body
        assert (renamed.status, renamed.body["data"]["name"], stale.status) == (200, "Painters", 412)
        assert (added, removed, deleted) == ([204, 204], [204, 204], [204, 404])
        assert [card["username"] for card in listed.body["data"]] == ["ada"]
        assert timeline.texts == ["hello"]

    @pytest.mark.parametrize("name", ["", "a" * 51, "two\nlines", " "])
    def test_refuses_what_is_no_name(self, name):
        answer = call("POST", "/v1/me/lists", {"name": name}, as_=sign_up("vera"))

        assert (answer.status, answer.pointers) == (400, ["/name"])

    def test_refuses_whom_the_caller_may_not_see_as_who_never_was(self, settings):
        vera, ada = sign_up("vera"), make_person()
        list_id = make_list(vera)
        suspend_account(ada.id, now=NOON)
        drain()

        closed, nobody = (
            call("PUT", f"/v1/me/lists/{list_id}/members/{id}", as_=vera) for id in (ada.id, make_id(1, 7, 7))
        )

        assert (closed.status, closed.body["code"]) == (nobody.status, nobody.body["code"])
        assert (closed.status, closed.body["code"]) == (404, "user_not_found")
        assert rows_of(vera, list_id) == 0

    def test_says_when_there_are_too_many(self, settings):
        settings.TIMELINES = replace(settings.TIMELINES, list_cap=1, member_cap=1)
        vera, ada, grace = sign_up("vera"), make_person(), make_person()
        list_id = make_list(vera, ada)

        member = call("PUT", f"/v1/me/lists/{list_id}/members/{grace.id}", as_=vera)
        another = call("POST", "/v1/me/lists", {"name": "More"}, as_=vera)

        assert (member.status, member.body["code"]) == (422, "list_full")
        assert (another.status, another.body["code"]) == (422, "too_many_lists")


def make(owner, name):
    create_list(owner.id, NewList(name=name), once=None)


def outcome(function, *args):
    """Return what came of a call in a thread of its own: done, or the name of the refusal."""
    try:
        function(*args)
    except (ListFull, TooManyLists) as refusal:
        return type(refusal).__name__
    finally:
        connections.close_all()
    return "done"


def count_events():
    """Return how many facts wait in any outbox."""
    found = 0
    for alias in aliases():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM outbox_event")
            found += cursor.fetchone()[0]
    return found


def read_once(owner, list_id, paging):
    return get_list_timeline(list_id, paging, viewer=graph.viewer_of(owner.id))


def fill_up(owner, list_id, members):
    """Put in so many that this is how many there are; nobody looks whether the others exist."""
    have = rows_of(owner, list_id)
    with writing_for(owner.id):
        for n in range(members - have):
            ListMember.objects.create(owner_id=owner.id, list_id=list_id, member_id=make_id(1, n, 99))
    until_replicated()
