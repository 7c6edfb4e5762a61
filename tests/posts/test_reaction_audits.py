"""Both sides of reactions agree, and counts with rows; what was planted is named, and mended by news."""

import pytest

from modules.posts.selectors import far_reactions
from modules.posts.services import reaction_audits  # noqa: F401 - it registers them
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from sharding import audits
from tests.kit.audits import run_sql
from tests.kit.delivery import drain
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish
from tests.posts.kit import counted, reactions_of, reactors

pytestmark = pytest.mark.django_db

OF_A, OF_B = 3, 4000


@pytest.fixture
def people():
    """Two on `a` and one on `b`."""
    return [make_person(shard=OF_A), make_person(shard=OF_A), make_person(shard=OF_B)]


@pytest.fixture
def post_id(people):
    """A post on `b` to which all react."""
    made = publish(make_person(shard=OF_B))
    for person in people:
        add_reaction(person.id, made, "like")
    drain()
    return made


def audit(*, repair: bool = False) -> set[tuple[str, str, int, int]]:
    """Return (audit, kind, owner, other) of all that differs, and mend it if that is asked."""
    found = set()
    for each in (each for each in audits.registered() if each.name.startswith("posts.")):
        for owner_ids in audits.batches(each, None):
            differences = audits.find_differences(each, owner_ids)
            found |= {(each.name, it.kind, it.owner_id, it.other_id) for it in differences}
            if repair:
                each.repair(differences)
    return found


class TestReactionAudits:
    @pytest.mark.parametrize("part", [1, 500])
    def test_name_and_mend_what_was_planted(self, people, post_id, monkeypatch, part):
        monkeypatch.setattr(far_reactions, "PART", part)
        ada, ben, vera = people
        run_sql("b", "DELETE FROM posts_reactionin WHERE post_id = %s AND user_id = %s", post_id, ada.id)
        # As after a restore of the user's instance to before they had taken it back.
        ended = "UPDATE posts_reactionin SET is_active = false WHERE post_id = %s AND user_id = %s"
        run_sql("b", ended, post_id, ben.id)
        run_sql("b", "DELETE FROM posts_reactionout WHERE post_id = %s AND user_id = %s", post_id, vera.id)

        found = audit(repair=True)
        drain()

        assert found == {
            ("posts.reactions", "mirror_differs", ada.id, post_id),
            ("posts.reactions", "mirror_differs", ben.id, post_id),
            ("posts.reactions_received", "mirror_without_reaction", post_id, vera.id),
            ("posts.reaction_counts", "counts_differ", post_id, 0),
        }
        assert audit() == set()
        assert (reactors(post_id), counted(post_id)) == (
            sorted([("like", ada.id), ("like", ben.id)]),
            {"like": 2},
        )
        assert [reactions_of(person) for person in people] == [[(post_id, "like")]] * 2 + [[]]

    def test_leave_out_news_under_way_and_posts_that_are_gone(self, people, post_id):
        author = make_person(shard=OF_B)
        deleted = publish(author)
        add_reaction(people[0].id, deleted, "like")
        add_reaction(people[1].id, deleted, "like")
        drain()
        delete_post(author.id, deleted, now=NOON)
        remove_reaction(people[0].id, deleted, "like")
        drain()
        remove_reaction(people[2].id, post_id, "like")

        assert audit() == set()
