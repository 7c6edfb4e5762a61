"""The demo's loader and its judge agree, and the judge sees a planted mistake."""

import gzip
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from deploy.demo.source import read
from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.media.models import Media
from modules.media.schemas import FOR_AVATAR, FOR_COVER, FOR_POST, READY
from modules.posts.schemas import PostRef
from modules.timelines import public as timelines
from tests.kit.delivery import drain
from tests.kit.http import call

pytestmark = pytest.mark.django_db

USERS = 40


@pytest.fixture
def demo():
    call_command("demo", users=USERS, pictures=0, json=True, stdout=io.StringIO())


def verify() -> dict[str, Any]:
    out = io.StringIO()
    call_command("verify_demo", users=USERS, people=20, json=True, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


class TestDemo:
    def test_shows_everybody_what_the_source_says(self, demo):
        found = verify()

        assert found["differences"] == []
        assert sum(found["compared"].values()) == 20

    def test_loads_the_same_again_without_doubling_anything(self, demo):
        call_command("demo", users=USERS, pictures=0, json=True, stdout=io.StringIO())

        assert verify()["differences"] == []

    def test_has_a_first_home_with_a_conversation_in_it_once(self, demo):
        call_command("demo", users=USERS, pictures=0, json=True, stdout=io.StringIO())
        drain()
        ada = accounts.find_user_id("ada")
        assert ada is not None

        home = timelines.get_home(graph.viewer_of(ada), Paging.first(100)).parse()

        said = {card.text: card for card in home.data}
        [root] = [
            card for card in home.data if card.author_id == ada and card.text.endswith("you think? #banyan")
        ]
        assert home.state[root.id].counts.model_dump() == {
            "replies": 3, "reposts": 2, "quotes": 0, "reactions": {"like": 7},
        }  # fmt: skip
        assert said["Well said, @ada. #banyan"].reply_to == PostRef(post_id=root.id, author_id=ada)

    def test_has_pictures_and_what_is_popular_at_once_and_each_once(self, demo):
        for _ in range(2):
            call_command("demo", users=USERS, pictures=1, json=True, stdout=io.StringIO())
            drain()

        profile = call("GET", "/v1/users/by/username/ada").body["data"]
        explored = call("GET", "/v1/timelines/explore").body["data"]
        tags = call("GET", "/v1/tags/trending").body["data"]

        assert [set(profile[name]["urls"]) for name in ("avatar", "cover")] == [{"thumb", "feed", "full"}] * 2
        owned = Media.objects.of(int(profile["id"])).order_by("id").values_list("purpose", "state")
        assert list(owned) == [(FOR_AVATAR, READY), (FOR_COVER, READY), (FOR_POST, READY)]
        [photo] = [card for card in explored if card["media_ids"]]
        assert photo["author_id"] == profile["id"]
        assert len(explored) == 9
        assert {card["tag"] for card in tags} == {"banyan", "shard"}

    def test_gives_a_log_in_that_works(self, demo):
        out = io.StringIO()

        call_command("demo", print_access=True, stdout=out)

        access = json.loads(out.getvalue())
        assert int(access["user_id"]) == accounts.find_user_id("ada")
        assert len(access["token"]) > 20

    @pytest.mark.parametrize("print_access", [False, True])
    def test_is_none_where_people_are(self, db, settings, print_access):
        """In production who is called ada may be a person, of whom nobody is to be given a session."""
        settings.LIVE_PAGE = False

        with pytest.raises(CommandError, match="No demo where people are"):
            call_command("demo", users=3, print_access=print_access)

    def test_leaves_what_is_there_alone_when_asked_to(self, demo):
        out = io.StringIO()

        call_command("demo", users=3, if_empty=True, stdout=out)

        assert out.getvalue().strip() == "A demo is there already."


class TestVerifyDemo:
    def test_names_an_edge_that_should_not_be(self, demo):
        source = read(None, None, USERS)
        stranger = next(n for n in range(USERS) if n and (n, 0) not in source.follows)
        ids = accounts.map_user_ids([source.username(stranger), source.username(0)])
        graph.add_edges_in_bulk([(ids[source.username(stranger)], ids[source.username(0)])])

        with pytest.raises(CommandError, match="differences"):
            verify()

    def test_says_what_to_do_when_nothing_is_loaded(self):
        with pytest.raises(CommandError, match=r"Run: manage.py demo"):
            verify()


BAD_LINES = {
    "words": b"x",
    "one-number": b"7",
    "three": b"1\t2\t3",
    "spaces": b"1 2",
    "negative": b"-1\t2",
    "fraction": b"1.0\t2",
    "superscript": "1\t²".encode(),
    "huge": b"1\t" + b"9" * 5000,
    "null": b"1\t2\x00",
    "header": b"follower\tfollowee",
}
BAD_TEXTS = [b"a\x00b", b"Beep\x07", b"a" * 100_000, b"\xe2\x80\x8b"]
BAD_FILES = {
    "empty": (gzip.compress(b""), "holds nobody"),
    "of-selfish-people": (gzip.compress(b"1\t1\n"), "holds nobody"),
    "plain": (b"1\t2\n", "is not gzipped. Run: gzip"),
    "wrong sum": (gzip.compress(b"1\t2\n")[:-8] + b"\0" * 4 + b"\4\0\0\0", "is damaged: CRC check failed"),
    "wrong length": (gzip.compress(b"1\t2\n")[:-4] + b"\5\0\0\0", "is damaged: Incorrect length"),
    "cut": (gzip.compress(b"1\t2\n" * 1000)[:-10], "is damaged"),
    "not-utf-8": (gzip.compress(b"1\t2\n\xff\xff"), "is not UTF-8"),
}


def refusal_of(**options: Any) -> str:
    """Return what the demo says of a source that it does not load, after making sure that it did not."""
    with pytest.raises(CommandError) as refused:
        call_command("demo", stdout=io.StringIO(), stderr=io.StringIO(), **options)
    assert [accounts.find_user_id(name) for name in ("ada", "alan")] == [None, None]
    return str(refused.value)


class TestABrokenSource:
    @pytest.mark.parametrize("name", list(BAD_LINES))
    def test_is_refused_with_its_line(self, tmp_path, name):
        path = tmp_path / "follows.gz"
        path.write_bytes(gzip.compress(b"1\t2\n" + BAD_LINES[name] + b"\n3\t4\n"))

        said = refusal_of(follows=path)

        assert said == f"{path}, line 2: expected follower<TAB>followee, both whole numbers."

    @pytest.mark.parametrize("name", list(BAD_FILES))
    def test_is_refused_with_its_name(self, tmp_path, name):
        path = tmp_path / "follows.gz"
        path.write_bytes(BAD_FILES[name][0])

        said = refusal_of(follows=path)

        assert said.startswith(f"{path} {BAD_FILES[name][1]}")

    def test_is_refused_where_there_is_none(self, tmp_path):
        assert refusal_of(follows=tmp_path / "no.gz").endswith("cannot be read: No such file or directory.")
        assert refusal_of(texts=tmp_path).endswith("cannot be read: Is a directory.")

    def test_names_ten_of_many_lines(self, tmp_path):
        path = tmp_path / "follows.gz"
        path.write_bytes(gzip.compress(b"x\n" * 25))

        lines = refusal_of(follows=path).splitlines()

        assert (len(lines), lines[-1]) == (11, "… and 15 more.")

    def test_is_refused_without_a_text_that_somebody_could_post(self, tmp_path):
        path = tmp_path / "texts.gz"
        path.write_bytes(gzip.compress(b"\n".join(BAD_TEXTS)))

        assert refusal_of(texts=path) == f"{path} holds no text that can be posted."

    @pytest.mark.parametrize(
        ("users", "said"), [(0, "at least 2"), (-1, "at least 2"), (10**9, "at most 100,000")]
    )
    def test_is_refused_for_a_number_of_people_that_cannot_be(self, users, said):
        assert said in refusal_of(users=users)

    def test_is_refused_for_somebody_who_follows_more_than_anybody_may(self, tmp_path, settings):
        settings.GRAPH = replace(settings.GRAPH, following_cap=2)
        path = tmp_path / "follows.gz"
        path.write_bytes(gzip.compress(b"9\t1\n9\t2\n9\t3\n"))

        assert "would follow 3, and BANYAN_FOLLOWING_CAP is 2." in refusal_of(follows=path)


class TestAnUntidySource:
    def test_is_loaded_without_what_cannot_be_which_is_counted(self, tmp_path):
        path, texts = tmp_path / "follows.gz", tmp_path / "texts.gz"
        told, out = io.StringIO(), io.StringIO()
        lines = b"\xef\xbb\xbf1\t2\r\n2\t2\r\n1\t2\r\n\r\n3\t2\r\n1\t2\r\n"
        path.write_bytes(gzip.compress(lines))
        texts.write_bytes(gzip.compress(b"\n".join([b"fine", *BAD_TEXTS, b"as well"])))

        call_command("demo", follows=path, texts=texts, pictures=0, json=True, stdout=out, stderr=told)
        call_command("verify_demo", follows=path, texts=texts, json=True, stdout=io.StringIO())

        assert told.getvalue().splitlines() == [
            "1 line left out: they followed themselves.",
            "2 lines left out: they came twice.",
            "4 lines left out: they cannot be posted.",
        ]
        assert json.loads(out.getvalue())["follows"] == 2

    def test_that_is_there_already_is_said_to_be(self, demo):
        told = io.StringIO()

        call_command("demo", users=USERS, pictures=0, json=True, stdout=io.StringIO(), stderr=told)

        assert told.getvalue().startswith("People of these names are there already")
