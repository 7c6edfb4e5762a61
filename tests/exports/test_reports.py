"""Reports: the right figures, in a PDF that is whole whatever the texts are, for screen readers too."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from modules.exports.processing import NotTypeset, typeset
from modules.exports.processing import __main__ as child
from modules.exports.processing.printable import shorten, to_printable
from modules.exports.schemas import READY
from modules.exports.services.making import make_export
from modules.graph.models import FollowIn
from modules.graph.public import count_new_followers
from modules.kernel import clock
from modules.posts.public import read_year
from modules.posts.schemas import NewPost, PastPost
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction
from sharding.ids import EPOCH, make_id, shard_of
from sharding.scope import writing_for
from tests.kit.delivery import drain, until_replicated
from tests.kit.exports import ask_for, export_of, read_file
from tests.kit.people import make_person
from tests.kit.posts import publish, repost

HOSTILE = [
    '#panic("x") #pagebreak() #read("/etc/passwd") $x^2$ *b* _i_ `raw` <a> @b \\ // no comment',
    "= A heading\n\n- a list\n#pagebreak()\n#pagebreak()",
    '#import "@preview/cetz:0.3.0"',
    "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \u6f22\u5b57 \u0e44\u0e17\u0e22 \u0939\u093f",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "e" + "\u0301" * 300,
    "w" * 5000,
    "\\u{0} \\n \" ' \u2028 \ufffd",
]


class TestTypeset:
    def test_makes_a_page_that_screen_readers_can_read(self):
        pdf = _opened(_typeset(_data()))

        assert b"/Lang(en)" in pdf
        assert b"pdfuaid:part" in pdf
        assert b"/StructTreeRoot" in pdf
        assert b"Ada: 2026 on Banyan" in pdf
        assert b"Bar chart of posts and replies by month: January 3, March 5." in pdf
        assert b"Bar chart of new followers by month: none in the year." in pdf

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_takes_any_text_for_a_text(self, text):
        printed = to_printable(shorten(text, 400))
        # As long as it, and of letters alone.
        plain = _typeset(_data(name="Ada", text=re.sub(r"[^\w\s\u200b]", "a", printed)))

        hostile = _typeset(_data(name=" ".join(printed.split())[:50], text=printed))

        assert _pages(hostile) == _pages(plain)
        # By the standard, which wants a glyph for each character: nothing is an empty box.
        assert b"pdfuaid:part" in _opened(hostile)
        assert _opened(hostile).count(b"/S/H1") == _opened(plain).count(b"/S/H1") == 1

    def test_shows_what_it_should_have_known_as_empty_boxes(self):
        pdf = _opened(_typeset(_data(text="\u6f22\U0001f600")))

        assert b"/StructTreeRoot" in pdf
        assert b"pdfuaid:part" not in pdf

    def test_ends_a_child_that_takes_too_long(self):
        with tempfile.TemporaryFile() as target, pytest.raises(NotTypeset, match="time"):
            typeset(orjson.dumps(_data()), target, wall_s=0.001)

    def test_refuses_what_is_no_data(self, tmp_path):
        for data in (b"{}", b"not json", b'"' + b"x" * child.MAX_INPUT_BYTES + b'"'):
            with (tmp_path / "target").open("w+b") as target, pytest.raises(NotTypeset):
                typeset(data, target)

    def test_leaves_the_network_and_takes_limits(self):
        looks = (
            "import resource, socket; from modules.exports.processing import __main__ as child\n"
            "has_left = child.confine()\n"
            "print(resource.getrlimit(resource.RLIMIT_AS)[1] == child.MEMORY_BYTES)\n"
            "print(not has_left or socket.socket().connect_ex(('127.0.0.1', 1)))"
        )

        project = Path(child.__file__).parents[3]
        said = subprocess.run(
            [sys.executable, "-c", looks], cwd=project, capture_output=True, check=True
        ).stdout.split()

        assert said[0] == b"True"
        # True where the kernel let no process have a network of its own; else not even itself can be reached.
        assert said[1] in (b"True", str(errno.ENETUNREACH).encode())


class TestToPrintable:
    def test_keeps_what_the_fonts_have_and_puts_a_box_for_each_run_of_the_rest(self):
        assert to_printable("Zoë Привет Ωμέγα — “x” €") == "Zoë Привет Ωμέγα — “x” €"
        assert to_printable("a\U0001f600\U0001f600b\u6f22\u5b57") == "a□b□"
        assert to_printable("one\ntwo") == "one\ntwo"

    def test_lets_long_words_break(self):
        assert max(map(len, to_printable("w" * 500).split("\u200b"))) <= 40

    def test_shortens_between_words(self):
        assert shorten("one two three", 8) == "one two …"
        assert shorten("one", 8) == "one"


@pytest.mark.django_db
class TestReadYear:
    def test_counts_what_was_written_and_what_came_of_it(self):
        ada, ben, cleo = make_person(), make_person(), make_person()
        theirs = publish(ben, "By Ben")
        posts = [
            _on(ada, month, f"{month} #forest #Oak" if month == 3 else f"{month} #forest")
            for month in (3, 3, 11)
        ]
        _on(ada, 1, "Not of this year", year=2025)
        gone = _on(ada, 4, "Deleted #gone")
        repost(ada, theirs)
        for person in (ben, cleo):
            add_reaction(person.id, posts[1], "like")
        add_reaction(ben.id, posts[2], "like")
        add_reaction(ben.id, gone, "like")
        drain()
        delete_post(ada.id, gone, now=clock.now())
        drain()
        until_replicated()

        year = read_year(ada.id, 2026, on_page=lambda: None)

        assert year.by_month == [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0]
        assert (year.reposts, year.reactions) == (1, 3)
        assert [(each.reactions, each.post_id) for each in year.top] == [(2, posts[1]), (1, posts[2])]
        assert year.tags == [("forest", 3), ("oak", 2)]

    def test_tells_after_each_page(self):
        ada, told = make_person(), []
        moment = datetime(2026, 5, 1, tzinfo=UTC)
        create_posts_in_bulk([PastPost(ada.id, f"past {n}", moment, n) for n in range(501)])
        until_replicated()

        year = read_year(ada.id, 2026, on_page=lambda: told.append(1))

        assert (sum(year.by_month), len(told)) == (501, 2)


@pytest.mark.django_db
class TestCountNewFollowers:
    def test_counts_those_of_the_year_who_still_follow(self):
        ada = make_person()
        with writing_for(ada.id):
            for number, (moment, still) in enumerate(
                [((2026, 1, 1), True), ((2026, 12, 31), True), ((2025, 12, 31), True), ((2026, 6, 1), False)],
                1,
            ):
                since = datetime(*moment, tzinfo=UTC) - EPOCH
                edge_id = make_id(int(since.total_seconds() * 1000), shard_of(ada.id), number)
                FollowIn.objects.create(user_id=ada.id, follower_id=number, edge_id=edge_id, is_active=still)
        until_replicated()

        assert count_new_followers(ada.id, 2026) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.django_db
class TestMakeReport:
    def test_makes_a_pdf_of_the_callers_own(self):
        ada = make_person("ada")
        publish_post(ada.id, NewPost(text="#panic() \U0001f600"), now=clock.now(), once=None)
        export_id = ask_for(ada, "report_pdf")

        make_export(ada.id, export_id, now=clock.now())

        row = export_of(ada, export_id)
        year = clock.now().year
        assert (row.state, row.year, row.file) == (READY, year, f"banyan-report-{year}.pdf")
        assert read_file(export_id).startswith(b"%PDF-")
        assert f"ada: {year} on Banyan".encode() in _opened(read_file(export_id))


def _on(person, month, text, year=2026):
    moment = datetime(year, month, 2, tzinfo=UTC)
    return publish_post(person.id, NewPost(text=text), now=moment, once=None).id


def _data(*, name="Ada", text="Hello"):
    return {
        "title": "Ada: 2026 on Banyan", "heading": "Your 2026", "service": "Banyan", "name": name,
        "username": "ada", "footer": "Made on 1 May 2026 from your own account, for you alone.",
        "totals": {"posts": 8, "reposts": 0, "reactions": 1, "followers": 0},
        "posts_by_month": [3, 0, 5, *[0] * 9], "followers_by_month": [0] * 12,
        "top": [{"text": text, "date": "1 May 2026", "reactions": 1}],
        "tags": [{"tag": name, "posts": 2}], "has_boxes": False,
    }  # fmt: skip


def _typeset(data):
    with tempfile.TemporaryFile() as target:
        typeset(orjson.dumps(data), target)
        target.seek(0)
        return target.read()


def _opened(pdf):
    """Return a PDF with what is compressed in it beside it, and without needless spaces in its own words."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return re.sub(rb" ?(/(?:Lang|S|Type)) ?(?=[(/])", rb"\1", b"\n".join(parts))


def _pages(pdf):
    return len(re.findall(rb"/Type/Page\b", _opened(pdf)))
