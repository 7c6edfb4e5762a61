"""What people and programs type to break a search: results, or a refusal that points at it."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from modules.kernel.limits import Limit, LimitSettings
from modules.search.errors import NothingToLookFor, PrefixTooShort, SeveralAuthors, TooManyTerms
from modules.search.selectors.terms import parse
from sharding.testing import count_queries
from tests.kit.delivery import until_replicated
from tests.kit.people import sign_up
from tests.kit.posts import publish

OPERATORS = "&|!<->:*()'\\\"%_[]{}$^+?.,;/#@~` \t"
FOUND = [
    "hello & | ! <-> ) ( :* '",
    'hello "',
    '"hello',
    "hello:*",
    "hello\\",
    "hello'; DROP TABLE",
    "hello -'",
    "%s hello",
    "hello \u0301 \U0001f525",
    "hello {0}",
    "hello -&",
]
REFUSED = {
    "!!": "nothing_to_look_for",
    "\U0001f525\U0001f525": "nothing_to_look_for",
    "-hello -there": "nothing_to_look_for",
    "''": "nothing_to_look_for",
    "h*": "prefix_too_short",
    "from:ada from:bea": "several_authors",
    " ".join("abcdefghijk"): "too_many_terms",
}
UNREADABLE = [
    "%00a",
    "a%00",
    "%ED%A0%80a",
    "%FF%FE",
    "a",
    "",
    "x" * 201,
    "a%E2%80%AEb",
    "a%0Ab",
    "a" + "%CC%81" * 40,
]


@pytest.mark.django_db
class TestQueries:
    def test_are_answered_or_refused_and_never_break_anything(self):
        ada = sign_up("ada")
        post_id = publish(ada, "hello there, 100% %s {0}; DROP TABLE \U0001f525")
        until_replicated()

        for line in FOUND:
            answer = ada.call("GET", f"/v1/search/posts?q={quote(line)}")
            assert (line, answer.status, [card["id"] for card in answer.body["data"]]) == (
                line,
                200,
                [str(post_id)],
            )
        for line, code in REFUSED.items():
            answer = ada.call("GET", f"/v1/search/posts?q={quote(line)}")
            assert (line, answer.status, answer.body["code"]) == (line, 422, code)
            assert answer.body["errors"][0]["parameter"] == "q"

    def test_that_cannot_be_read_are_refused(self):
        ada = sign_up("ada")

        answers = {line: ada.call("GET", f"/v1/search/posts?q={line}").status for line in UNREADABLE}

        assert answers == dict.fromkeys(UNREADABLE, 400)

    def test_of_random_signs_are_answered_or_refused(self):
        chance, ada = random.Random(7), sign_up("ada")
        signs = OPERATORS + "ab\u6771\u0301\u0928\u094d\u202f\u200d\U0001f525"

        for _ in range(100):
            line = "".join(chance.choices(signs, k=chance.randint(2, 60)))
            assert ada.call("GET", f"/v1/search/posts?q={quote(line)}").status in (200, 400, 422), line

    def test_are_counted_before_anything_is_looked_for(self, settings):
        settings.LIMITS = LimitSettings().with_limits(Limit("search", 1, 3600))
        ada = sign_up("ada")
        assert ada.call("GET", "/v1/search/posts?q=hello").status == 200

        with count_queries() as queries:
            refused = ada.call("GET", "/v1/search/posts?q=hello")

        assert (refused.status, refused.body["code"]) == (429, "limit_reached")
        assert refused.headers["ratelimit-policy"] == '"search";q=1;w=3600'
        assert [sql for _, sql in queries.statements if "posts_post" in sql] == []


class TestParse:
    @pytest.mark.parametrize(
        ("line", "refusal"),
        [
            ("-a", NothingToLookFor),
            ("b*", PrefixTooShort),
            ("from:ada from:bob", SeveralAuthors),
            ("a " * 11 + "-b", TooManyTerms),
        ],
    )
    def test_refuses(self, line, refusal):
        with pytest.raises(refusal):
            parse(line)

    def test_takes_a_word_for_one_however_often_it_is_there(self):
        assert len(parse("a a a").terms) == 1
