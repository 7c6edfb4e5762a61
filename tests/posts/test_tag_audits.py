"""Posts and the lists of their tags agree; what was planted is named, and mended by news."""

from __future__ import annotations

import pytest

from modules.graph.services.privacy import set_private
from modules.posts.models import TagStat
from modules.posts.selectors.tags import tag_id_of
from modules.search.services.people import rebuild_people
from sharding.ids import shard_of
from sharding.shard_map import alias_of
from tests.kit.audits import audit, kinds, run_sql
from tests.kit.delivery import drain
from tests.kit.people import Person
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

ROW = "WHERE tag_id = %s AND post_id = %s"
FOREST = tag_id_of("forest")


@pytest.fixture
def post_id(ada: Person, vera: Person) -> int:
    """Two people, one of each instance, write of the forest; the post is the first one's."""
    post_id = publish(ada, "#forest")
    publish(vera, "#forest #moss")
    drain()
    return post_id


def run_at_tag(statement: str, *parameters: int) -> None:
    run_sql(alias_of(shard_of(FOREST)), statement, *parameters)


class TestTagAudits:
    def test_find_nothing_where_all_agrees(self, post_id, ada):
        set_private(ada.id, True)  # what is hidden at read stays
        rebuild_people()  # whom the kit makes without the news of it

        code, results = audit()

        owners = {name: results[f"posts.{name}"]["owners"] for name in ("tags", "tag_lists", "tag_counts")}
        assert code == 0
        assert owners == {"tags": 2, "tag_lists": 2, "tag_counts": 2}

    @pytest.mark.parametrize(
        "plant", [f"DELETE FROM posts_tagpost {ROW}", f"UPDATE posts_tagpost SET is_active = false {ROW}"]
    )
    def test_name_and_mend_what_a_list_lacks(self, post_id, ada, plant):
        run_at_tag(plant, FOREST, post_id)

        found = kinds(audit("--only", "posts.tags")[1])

        assert found == {("posts.tags", "mirror_missing", ada.id, post_id)}
        self.mend()

    def test_name_and_mend_what_has_the_tag_no_more(self, post_id, ada):
        plants = [
            "UPDATE posts_post SET audience = 1 WHERE id = %s",
            "UPDATE posts_post SET entities = '[]' WHERE id = %s",
            "DELETE FROM posts_post WHERE id = %s",
        ]
        others = [publish(ada, "#forest") for _ in plants]
        drain()
        for plant, other in zip(plants, others, strict=True):
            run_sql("a", plant, other)

        found = kinds(audit("--only", "posts.tag_lists")[1])

        assert found == {("posts.tag_lists", "mirror_without_post", FOREST, other) for other in others}
        self.mend()

    def test_name_and_mend_a_wrong_number(self, post_id):
        run_at_tag("UPDATE posts_tag SET kept = 7 WHERE tag_id = %s", FOREST)

        assert kinds(audit("--only", "posts.tag_counts")[1]) == {
            ("posts.tag_counts", "counts_differ", FOREST, 0)
        }
        self.mend()

    def test_expect_nothing_beneath_what_was_trimmed(self, post_id):
        run_at_tag(f"DELETE FROM posts_tagpost {ROW}", FOREST, post_id)
        run_at_tag("UPDATE posts_tag SET kept = 1, floor_id = %s WHERE tag_id = %s", post_id, FOREST)

        assert audit("--only", "posts.tags")[0] == 0

    def mend(self) -> None:
        """Mending is no use of a tag, and leaves nothing that differs."""
        used = sum(stat.posts for stat in TagStat.objects.all())
        for _ in range(2):  # once the sides, and then the number of rows
            audit(
                "--repair", "--only", "posts.tags", "--only", "posts.tag_lists", "--only", "posts.tag_counts"
            )
            drain()

        names = ("posts.tags", "posts.tag_lists", "posts.tag_counts")
        assert kinds(audit(*[word for name in names for word in ("--only", name)])[1]) == set()
        assert sum(stat.posts for stat in TagStat.objects.all()) == used
