"""What facts make of groups, in any order and however often they come: no database."""

from __future__ import annotations

import copy
from itertools import count

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from modules.notifications.schemas import REACTION, REPLY
from modules.notifications.services.facts import Fact, Key
from modules.notifications.services.grouping import Gathered

POST, USER = 1000, 1

key = st.one_of(
    st.builds(
        lambda actor, name: Key(REACTION, POST, actor, reaction=name),
        st.integers(2, 4),
        st.sampled_from("ab"),
    ),
    st.builds(
        lambda actor, reply: Key(REPLY, POST, actor, post_id=reply), st.integers(2, 4), st.integers(1, 2)
    ),
)
fact = st.builds(
    lambda key, edge_id, is_active: Fact(USER, key, edge_id, is_active),
    key,
    st.integers(1, 4),
    st.booleans(),
)


def newest_of(facts: list[Fact]) -> dict[Key, Fact]:
    """Return the fact of each key that holds in the end."""
    newest: dict[Key, Fact] = {}
    for each in facts:
        if each.key not in newest or newest[each.key].age < each.age:
            newest[each.key] = each
    return newest


@given(st.lists(fact, max_size=30), st.lists(st.integers(0, 29), max_size=3), st.randoms())
@hypothesis_settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_groups_hold_what_stands_each_person_once_and_tell_of_nothing_twice(facts, reads, chance):
    ids, known = count(1), Gathered({}, {}, oldest_open=0)
    news = [*facts, *chance.sample(facts, len(facts) // 2)]
    told: list[Key | tuple[int, int, int]] = []
    for number, each in enumerate(news):
        before = {action.key: action.group_id for action in known.actions.values()}
        again = Gathered(copy.deepcopy(known.actions), copy.deepcopy(known.groups), oldest_open=0)
        again.apply([each], ids)
        if again.told:
            told.append(each.key if each.key.type == REPLY else each.key.person)
            assert before.get(each.key) is None
        if number in reads:
            for group in again.groups.values():
                group.is_read = True
        known = again

    standing = {key for key, each in newest_of(news).items() if each.is_active}
    assert {action.key for action in known.actions.values() if action.is_active} == standing
    assert len(told) == len(set(told))
    for group in known.groups.values():
        inside = {key for key in standing if known.actions[key].group_id == group.id}
        assert group.actor_count == len({key.actor_id for key in inside})
    shown = {group.id for group in known.groups.values() if group.actor_count}
    assert shown == {known.actions[key].group_id for key in standing}
