"""Mentions, tags and links: found once, at write, and cut out the same by whoever counts in what."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from modules.accounts.public import suspend_account
from modules.posts.errors import TooManyEntities
from modules.posts.schemas import NewPost
from modules.posts.services.entities import scan
from modules.posts.services.posts import publish_post
from sharding.testing import count_queries
from tests.kit.http import call
from tests.kit.people import NOON, make_person, sign_up

pytestmark = pytest.mark.django_db

# What stands in a text, and what is found of it: links lead somewhere, tags are canonical, names are lower.
FOUND = [
    ("Hello, forest", []),
    # Links end where their sentence goes on.
    ("see https://a.example/b?c=d#e, and", [("link", "https://a.example/b?c=d#e")]),
    ("(HTTPS://a.example/x_(y)).", [("link", "HTTPS://a.example/x_(y)")]),
    ("見てhttps://例え.jp/パス。次", [("link", "https://例え.jp/パス")]),
    ("「http://[::1]:80/」", [("link", "http://[::1]:80/")]),
    ("https://a.example:", [("link", "https://a.example")]),
    ("xhttps://a.example ftp://a.example javascript://a http://... https:// http:///", []),
    # What looks like one site and leads to another is no link.
    ("https://bank.example@evil.example https://a:1@evil.example/x", []),
    ("https://a.example/@ada#tag @grace", [("link", "https://a.example/@ada#tag"), ("mention", "grace")]),
    # Mentions are names as accounts have them; addresses and names of other servers are none.
    (".@Ada, @adaさん \uff20ada", [("mention", "ada")] * 3),
    ("ada@example.org @ada@example.org @adaé @ad @@ada @" + "a" * 31, []),
    # Tags are words, in any script.
    ("#Ünïcode_1 #日本 \uff03\ufb01ne", [("tag", "ünïcode_1"), ("tag", "日本"), ("tag", "fine")]),
    ("#हिन्दी #می‌خواهم", [("tag", "हिन्दी"), ("tag", "میخواهم")]),
    ("#e\u0301te\u0301 #ÉTÉ", [("tag", "été"), ("tag", "été")]),
    ("#1 #_ a#b ##c &#39; #🎉 #" + "x" * 65, []),
    ("#" + "x" * 64, [("tag", "x" * 64)]),
]
# Each 200,000 characters long: forty times what a post may be.
HOSTILE = [
    "http://",
    "http://" + "a@" * 100,
    "http://a:1@",
    "http://" + "a-" * 2400,
    "http://a.b/" + "(" * 4900,
    "http://a.b/" + ")." * 2450,
    "http://a.b/\"'",
    "https:",
    "@",
    "@a",
    "#",
    "#1",
    "#" + "\u200d" * 100,
    "\u0301",
]
ODD = "👩🏽‍🚀 e\u0301 \U0001d4b3 @ada 🇳🇴#flåg_\U0001d4b3 é https://a.example/🌲 @ada"


def shown(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Return a new post's text as it is kept, and what its card says of it."""
    author = sign_up("author")
    answer = call("POST", "/v1/posts", {"text": text}, as_=author)
    assert answer.status == 201
    read = call("GET", f"/v1/posts/{answer.body['id']}").body["data"]
    assert read == answer.body
    return read["text"], read["entities"]


class TestScan:
    @pytest.mark.parametrize(("text", "expected"), FOUND, ids=lambda value: str(value)[:30])
    def test_finds_what_a_reader_sees(self, text, expected):
        assert [(one.type, one.value) for one in scan(text)] == expected

    @pytest.mark.parametrize("unit", HOSTILE, ids=lambda unit: ascii(unit)[:20])
    def test_takes_time_by_length_alone(self, unit):
        text = (unit * (200_000 // len(unit) + 1))[:200_000]
        began = time.perf_counter()

        with suppress(TooManyEntities):
            list(scan(text))

        # It is a tenth of that; what grows with the square takes minutes.
        assert time.perf_counter() - began < 2


class TestEntities:
    def test_are_cut_out_by_code_points_and_by_utf_16(self):
        ada = sign_up("ada")

        text, found = shown(ODD)

        units = text.encode("utf-16-le")
        by_code_points = [text[each["codepoint_start"] : each["codepoint_end"]] for each in found]
        by_utf_16 = [
            units[2 * each["utf16_start"] : 2 * each["utf16_end"]].decode("utf-16-le") for each in found
        ]
        assert by_code_points == by_utf_16 == ["@ada", "#flåg_\U0001d4b3", "https://a.example/🌲", "@ada"]
        assert [(each["user_id"], each["tag"], each["url"]) for each in found] == [
            (str(ada.id), None, None),
            (None, "flåg_x", None),
            (None, None, "https://a.example/🌲"),
            (str(ada.id), None, None),
        ]

    def test_mention_open_accounts_alone(self):
        ada, gone = sign_up("ada"), sign_up("grace")
        suspend_account(gone.id, now=NOON)

        _, found = shown("@ada @grace @nobody_ever")

        assert [(each["user_id"], each["utf16_end"]) for each in found] == [(str(ada.id), 4)]

    @pytest.mark.parametrize(
        ("unit", "most", "code"), [("@ada ", 20, "mention"), ("#a ", 20, "tag"), ("http://a ", 50, "link")]
    )
    def test_are_so_many_at_most(self, unit, most, code):
        author = sign_up("ada")

        answers = [call("POST", "/v1/posts", {"text": unit * n}, as_=author) for n in (most, most + 1)]

        assert [answer.status for answer in answers] == [201, 422]
        assert len(answers[0].body["entities"]) == most
        assert answers[1].body["code"] == "too_many_entities"
        [error] = answers[1].body["errors"]
        assert (error["pointer"], error["code"]) == ("/text", f"too_many_{code}s")


class TestCost:
    def test_is_one_read_of_the_directory_for_any_number_of_names_and_none_without(self):
        author = make_person()
        names = [make_person().username for _ in range(5)]

        def reads(text: str) -> int:
            with count_queries() as queries:
                publish_post(author.id, NewPost(text=text), now=NOON, once=None)
            return queries.by_alias.get("default", 0)

        reads("Hi")
        assert [reads("Hi #tag http://a"), reads(f"@{names[0]}"), reads("@" + " @".join(names))] == [0, 1, 1]
