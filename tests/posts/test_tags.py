"""Posts at their tags: a mirror by the word's own shard, and how much tags are used."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.graph.services.privacy import set_private
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.redis.script import count_trips
from modules.posts.events import PostTagged, TagsDue, TagsRemoved
from modules.posts.models import Tag, TagPost, TagStat, TagTotal, TagUse
from modules.posts.schemas import EditPost, NewDraft, NewPost
from modules.posts.selectors.tags import list_trending_tags, search_tags, tag_id_of
from modules.posts.services import tag_news
from modules.posts.services.drafts import create_draft, publish_draft
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.tags import count_tags, forget_old_tag_counts, receive_tags
from sharding.ids import EPOCH, make_id, shard_of
from sharding.scope import Once, writing_directory
from sharding.testing import count_queries
from tests.kit.delivery import announced, announced_events, drain
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def tagged(tag):
    """Return the posts of a tag, oldest first, by the mirror."""
    rows = TagPost.objects.of(tag_id_of(tag)).on_primary().filter(is_active=True)
    return sorted(rows.values_list("post_id", flat=True))


def kept(tag):
    return Tag.objects.of(tag_id_of(tag)).on_primary().get().kept


def used(tag):
    """Return (posts, authors) of a tag over all hours."""
    rows = TagStat.objects.filter(tag=tag)
    return sum(row.posts for row in rows), sum(row.authors for row in rows)


def publish_for(author, text, audience):
    return publish_post(author.id, NewPost(text=text, audience=audience), now=NOON, once=None).id


def tell(tags, post_id, *, author, version=1, key, is_active=True):
    kind = PostTagged if is_active else TagsRemoved
    receive_tags(
        kind(post_id=post_id, author_id=author.id, version=version, tags=tags), once=Once("test", key)
    )


class TestListOfATag:
    def test_lies_by_the_word_whoever_wrote_on_whichever_instance(self, ada, vera):
        posts = [publish(author, f"Into the #Forest, by #n{n}") for n, author in enumerate((ada, vera))]
        drain(times=2)

        assert tagged("forest") == posts
        assert (tagged("n0"), tagged("n1")) == (posts[:1], posts[1:])
        assert (kept("forest"), kept("n0")) == (2, 1)
        # The word's own shard, which is neither author's.
        assert shard_of(tag_id_of("forest")) not in {shard_of(ada.id), shard_of(vera.id)}

    def test_is_told_to_who_listens_once_however_often_the_news_comes(self, ada):
        post_id = publish(ada, "#forest")

        with count_trips() as first:
            tell(["forest"], post_id, author=ada, key="1")
        with count_trips() as again:
            tell(["forest"], post_id, author=ada, key="2")

        assert (first.trips, again.trips) == (1, 0)

    def test_has_posts_that_were_drafts(self, ada):
        draft = create_draft(ada.id, NewDraft(text="#later"), now=NOON, once=None).id

        post_id = publish_draft(ada.id, draft, now=NOON).id
        drain()

        assert tagged("later") == [post_id]

    @pytest.mark.parametrize("audience", ["followers", "mentioned"])
    def test_has_nothing_that_is_not_for_everybody(self, ada, audience):
        publish_for(ada, "#secret", audience)

        assert announced(PostTagged.name) == []

    def test_follows_edits_of_text_and_audience(self, ada):
        post_id = publish(ada, "#one #two")
        drain()

        edit_post(ada.id, post_id, EditPost(text="#two #three"), now=NOON)
        drain(times=2)
        changed = [tagged(tag) for tag in ("one", "two", "three")]
        edit_post(ada.id, post_id, EditPost(audience="followers"), now=NOON)
        drain()
        narrowed = [tagged(tag) for tag in ("one", "two", "three")]
        edit_post(ada.id, post_id, EditPost(audience="public", text="#one"), now=NOON)
        drain()
        widened = [tagged(tag) for tag in ("one", "two", "three")]

        assert changed == [[], [post_id], [post_id]]
        assert narrowed == [[], [], []]
        assert widened == [[post_id], [], []]

    def test_lacks_what_was_deleted(self, ada):
        post_id = publish(ada, "#forest")
        drain()

        delete_post(ada.id, post_id, now=NOON)
        drain(times=2)

        assert tagged("forest") == []

    def test_heeds_the_newest_news_in_whichever_order_it_comes(self, ada):
        post_id, other = make_id(7, 3, 1), make_id(7, 3, 2)
        tell(["a"], post_id, author=ada, version=3, is_active=False, key="1")
        tell(["a"], post_id, author=ada, version=1, key="2")
        tell(["a"], other, author=ada, version=2, key="3")
        tell(["a"], other, author=ada, version=1, is_active=False, key="4")

        assert tagged("a") == [other]
        assert kept("a") == 2

    def test_keeps_the_newest_alone(self, ada, settings):
        settings.POSTS = replace(settings.POSTS, tag_window=3, tag_slack=2)
        ids = [make_id(n, 3, 0) for n in range(1, 10)]

        for number, post_id in enumerate(ids[1:7]):
            tell(["a"], post_id, author=ada, key=f"{number}")
        after_trim = tagged("a")
        # Beneath what was trimmed nothing comes any more.
        tell(["a"], ids[0], author=ada, key="late")

        assert after_trim == ids[4:7] == tagged("a")
        assert kept("a") == 3


class TestPrivateAccounts:
    def test_are_in_no_list_until_they_go_public(self, ada, monkeypatch):
        monkeypatch.setattr(tag_news, "PART", 2)
        set_private(ada.id, True)
        posts = [publish(ada, f"#forest {n}") for n in range(5)]
        publish_for(ada, "#forest for few", "followers")
        drain()
        before = tagged("forest"), used("forest")

        set_private(ada.id, False)
        drain(times=2)

        assert before == ([], (0, 0))
        assert tagged("forest") == posts
        # It is no news.
        assert used("forest") == (0, 0)
        assert announced(TagsDue.name) == []

    def test_stay_where_they_were_when_they_go_private(self, ada):
        """They are hidden at read; nothing has to be done."""
        post_id = publish(ada, "#forest")
        drain()

        set_private(ada.id, True)
        drain()

        assert tagged("forest") == [post_id]


class TestUse:
    def test_counts_posts_and_an_author_once(self, ada, vera):
        for author in (ada, ada, ada, vera):
            publish(author, "#Forest #forest #moss" if author is vera else "#forest")
        drain(times=2)

        assert used("forest") == (4, 2)
        assert used("moss") == (1, 1)
        assert TagTotal.objects.get(tag="forest").authors == 2

    def test_counts_an_author_again_after_a_day_and_nothing_of_long_ago(self, ada):
        now = clock.now()
        for key, age in enumerate((26 * HOUR, 25 * HOUR, HOUR, timedelta(days=8))):
            ms = int((now - age - EPOCH).total_seconds() * 1000)
            event = PostTagged(post_id=make_id(ms, 3, 0), author_id=ada.id, version=1, tags=["a"])
            count_tags(event, now=now, once=Once("test", f"{key}"))

        assert used("a") == (3, 2)

    def test_is_found_by_its_beginning_however_it_is_written(self, ada, vera):
        publish(ada, "#forest #Foresight")
        publish(vera, "#foresight #f_x #moss")
        drain()

        def found(text, limit=20):
            answer = call("GET", f"/v1/search/tags?q={text}&limit={limit}")
            return [(card["tag"], card["posts"], card["authors"]) for card in answer.body["data"]]

        assert found("FORE") == [("foresight", 2, 2), ("forest", 1, 1)]
        assert found("%23fore", limit=1) == [("foresight", 2, 2)]
        assert found("f_") == [("f_x", 1, 1)]
        assert found("f%25") == found("%21") == found("fores%20") == []

    def test_trends_where_enough_people_take_part(self, ada, vera, settings):
        settings.POSTS = replace(settings.POSTS, trend_authors=2)
        for author in (ada, vera):
            publish(author, "#old #new")
        for _ in range(5):
            publish(ada, "#spam")
        drain()
        now = clock.now()
        TagStat.objects.filter(tag="old").update(
            hour=now.replace(minute=0, second=0, microsecond=0) - 20 * HOUR
        )

        cards = list_trending_tags(now=now)

        assert [(card.tag, card.posts, card.authors) for card in cards] == [("new", 2, 2), ("old", 2, 2)]

    def test_is_forgotten_in_time(self, ada):
        publish(ada, "#forest")
        drain()

        def left(days):
            forget_old_tag_counts(now=clock.now() + timedelta(days=days))
            return [model.objects.count() for model in (TagUse, TagStat, TagTotal)]

        assert [left(0), left(2), left(8), left(91)] == [[1, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]

    def test_is_walked_once_though_equally_many_use_it_or_more_by_now(self, ada):
        with writing_directory():
            for number in range(12):
                moment = clock.now()
                TagTotal.objects.create(tag=f"a{number}", authors=1 + number // 4, last_used_at=moment)
        path = "/v1/search/tags?q=a&limit=5"

        first = call("GET", path).body
        with writing_directory():
            TagTotal.objects.filter(tag__in=["a0", first["data"][0]["tag"]]).update(authors=9)
        second = call("GET", f"{path}&cursor={first['next']}").body
        third = call("GET", f"{path}&cursor={second['next']}").body

        seen = [[card["tag"] for card in page["data"]] for page in (first, second, third)]
        walked = [tag for page in seen for tag in page]
        assert (len(walked), len(set(walked)), third["next"]) == (11, 11, None)
        assert {*walked, "a0"} == {f"a{number}" for number in range(12)}
        assert [int(tag[1:]) // 4 for tag in walked] == [2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0]
        back = call("GET", f"{path}&cursor={third['prev']}").body
        assert [card["tag"] for card in back["data"]] == seen[1]

    @pytest.mark.parametrize("many", [5, 40])
    def test_is_found_by_two_reads_at_any_length(self, many):
        for n in range(3):
            publish(make_person(), " ".join(f"#a{n}x{m}" for m in range(20)))
        drain()

        with count_queries() as queries:
            page = search_tags("a", Paging.first(many), now=clock.now())

        assert len(page.data) == many
        assert queries.by_alias == {"default": 2}


class TestHotPath:
    def test_a_post_without_a_tag_says_nothing_of_tags(self, ada):
        publish(ada, "Hello @nobody https://example.org")
        with count_queries() as plain:
            publish(ada, "Hello")
        edit_post(ada.id, publish(ada, "Hello"), EditPost(text="Ho"), now=NOON)

        assert announced(PostTagged.name) == announced(TagsRemoved.name) == []
        assert count_reads(plain) == 4

    def test_a_post_with_tags_records_one_event(self, ada):
        publish(ada, "Hello")
        with count_queries() as plain:
            publish(ada, "Hello")
        with count_queries() as queries:
            publish(ada, "Hello #a #b #A")

        assert queries.total == plain.total + 1
        [event] = announced_events(PostTagged)
        assert (event.tags, event.version, event.is_news) == (["a", "b"], 1, True)
