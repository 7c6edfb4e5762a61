"""
What facts make of a user's groups: no database here, so that it can be tried with any history.

An action that comes to be is told of: in the group of its subject that is open, or in a new one. One that
comes back is not, and stands again where it was told of. What ends is withdrawn from where it stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from modules.notifications.schemas import BY_POSTS
from modules.notifications.services.facts import Fact, Key


@dataclass(slots=True)
class ActionState:
    """An action as its row has it."""

    key: Key
    edge_id: int = 0
    is_active: bool = False
    is_counted: bool = False
    group_id: int | None = None
    action_id: int = 0

    @property
    def age(self) -> tuple[int, bool]:
        """Return what orders its states, as that of facts does."""
        return self.edge_id, not self.is_active


@dataclass(slots=True)
class GroupState:
    """A group as its row has it."""

    id: int
    type: int
    subject_id: int
    last_id: int = 0
    actor_count: int = 0
    is_read: bool = False
    is_removed: bool = False
    name: str = ""
    # Of a new one: what stands in a row is never changed.
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_unread(self) -> bool:
        """Return whether it is counted among the unread."""
        return self.actor_count > 0 and not self.is_read and not self.is_removed


class Counted(NamedTuple):
    """How many groups are not seen, and not read."""

    unseen: int
    unread: int


@dataclass(slots=True)
class Gathered:
    """
    What is known of a user, as far as some facts concern it, and what they have changed of it.

    `oldest_open` is the id of which only greater ones are those of open groups.
    """

    actions: dict[Key, ActionState]
    groups: dict[int, GroupState]
    oldest_open: int
    touched_actions: dict[Key, ActionState] = field(default_factory=dict)
    touched_groups: dict[int, GroupState] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)
    _of_person: dict[tuple[int, int, int], list[ActionState]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _newest: dict[tuple[int, int], GroupState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find actions by their person, and the newest group of each subject."""
        for action in self.actions.values():
            self._of_person[action.key.person].append(action)
        for group in self.groups.values():
            self._note_newest(group)

    def count(self, seen_id: int) -> Counted:
        """Count those that are here."""
        unread = [group for group in self.groups.values() if group.is_unread]
        return Counted(sum(group.last_id > seen_id for group in unread), len(unread))

    def is_news(self, fact: Fact) -> bool:
        """Return whether a fact is newer than what is known."""
        action = self.actions.get(fact.key)
        return action is None or action.age < fact.age

    def apply(self, facts: Iterable[Fact], ids: Iterator[int]) -> None:
        """Bring actions and groups to what facts say, whatever their order; `ids` rise, two for each."""
        for fact in facts:
            if self.is_news(fact):
                self._apply(fact, ids)

    def _apply(self, fact: Fact, ids: Iterator[int]) -> None:
        action = self.actions.get(fact.key)
        is_new = action is None
        if action is None:
            action = self.actions[fact.key] = ActionState(fact.key, action_id=next(ids))
            self._of_person[fact.key.person].append(action)
        was_active = action.is_active
        action.edge_id, action.is_active = fact.edge_id, fact.is_active
        self.touched_actions[fact.key] = action
        if fact.is_active and not was_active:
            self._tell(action, fact, ids, is_new=is_new)
        if action.group_id is not None and fact.is_active != was_active:
            self._recount(action.key.person, action.group_id)

    def _tell(self, action: ActionState, fact: Fact, ids: Iterator[int], *, is_new: bool) -> None:
        """Put an action into a group: where it was told of, or where what is new is gathered."""
        known = self._find_told(action)
        if known is not None:
            action.group_id = known
            return
        group = self._newest.get(action.key.subject)
        if group is None or group.is_read or group.is_removed or group.id <= self.oldest_open:
            group = self._begin(fact, ids)
        if not is_new:
            action.action_id = next(ids)
        action.group_id, group.last_id = group.id, action.action_id
        self.touched_groups[group.id] = group
        self.told.add(group.id)

    def _find_told(self, action: ActionState) -> int | None:
        """Return the group in which this was told of before, by whichever reaction; each reply is new."""
        same = [action] if action.key.type in BY_POSTS else self._of_person[action.key.person]
        return next((each.group_id for each in same if each.group_id in self.groups), None)

    def _begin(self, fact: Fact, ids: Iterator[int]) -> GroupState:
        group = GroupState(next(ids), *fact.key.subject, name=fact.name, data=fact.data)
        self.groups[group.id] = self._newest[fact.key.subject] = group
        return group

    def _recount(self, person: tuple[int, int, int], group_id: int) -> None:
        """Have the newest that stands of a person's actions in a group count, and none of the others."""
        group = self.groups.get(group_id)
        mine = [each for each in self._of_person[person] if each.group_id == group_id]
        newest = max((each for each in mine if each.is_active), key=lambda each: each.action_id, default=None)
        for each in mine:
            should = each is newest
            if each.is_counted != should:
                each.is_counted = should
                self.touched_actions[each.key] = each
                if group is not None:
                    group.actor_count += 1 if should else -1
                    self.touched_groups[group_id] = group

    def _note_newest(self, group: GroupState) -> None:
        subject = (group.type, group.subject_id)
        if subject not in self._newest or self._newest[subject].id < group.id:
            self._newest[subject] = group
