"""What a client keeps of its own comes back as it was checked, and is taken back as it came."""

from __future__ import annotations

import json

import pytest
from django.db.models import F, Func, IntegerField
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modules.accounts.public import issue_session_token
from modules.kernel import clock
from modules.profiles.models import Profile
from tests.kit.delivery import drain

pytestmark = pytest.mark.django_db

MAX = 2**53
NUMBERS = st.integers(-MAX, MAX) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def card_of(content: bytes) -> bytes:
    """Return the bytes of `custom` in an answer."""
    start = content.index(b'"custom":') + len(b'"custom":')
    return content[start : content.index(b',"avatar"')]


def size_of(user_id: int) -> int:
    """Return how many bytes the database holds."""
    size = Func(F("custom"), function="octet_length", output_field=IntegerField())
    return Profile.objects.of(user_id).on_primary().annotate(size=size).values_list("size", flat=True).get()


@pytest.fixture
def exchange(ada):
    """Send what is to be kept, as bytes; returns status and the bytes of what was answered."""
    drain()
    token = issue_session_token(ada.id, now=clock.now())
    client = Client(headers={"X-Session-Token": token, "If-Match": "*"})

    def exchange(custom: bytes) -> tuple[int, bytes]:
        sent = client.patch("/v1/me", b'{"custom":%b}' % custom, content_type="application/json")
        if sent.status_code != 200:
            return sent.status_code, sent.content
        seen = client.get("/v1/me")
        assert card_of(seen.content) == card_of(sent.content)
        return 200, card_of(seen.content)

    return exchange


class TestCustom:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(WORDS, VALUES, max_size=4))
    def test_comes_back_equal_and_is_taken_back_to_the_byte(self, exchange, ada, value):
        status, kept = exchange(json.dumps(value).encode())
        again = exchange(kept)

        assert (status, json.loads(kept), again) == (200, value, (200, kept))
        assert repr(json.loads(kept)) == repr(value)

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("1e20", "1e+20"),
            ("1E+20", "1e+20"),
            ("100000000000000000000.0", "1e+20"),
            ("1e308", "1e+308"),
            ("-1.7976931348623157e308", "-1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("1e-400", "0.0"),
            ("-0.0", "-0.0"),
            ("-0", "0"),
            ("1.0", "1.0"),
            ("1e2", "100.0"),
            ("9007199254740992", "9007199254740992"),
            ("-9007199254740992", "-9007199254740992"),
            # As JavaScript writes 1e20 and 1.2345678901234568e20.
            ("100000000000000000000", "100000000000000000000"),
            ("123456789012345680000", "123456789012345680000"),
            ("-9007199254740994", "-9007199254740994"),
            ("0.1000000000000000055511151231257827021181583404541015625", "0.1"),
            ("1." + "0" * 5000, "1.0"),
            (r'"\u00e9\/\ud83d\ude00"', '"é/😀"'),
            (r'{"b":1,"a":{"":[]},"\u2028":null}', '{"b":1,"a":{"":[]},"\u2028":null}'),
        ],
    )
    def test_has_one_form(self, exchange, sent, kept):
        status, answered = exchange(b'{"n": %b}' % sent.encode())

        assert (status, answered.decode()) == (200, f'{{"n":{kept}}}')
        assert exchange(answered) == (200, answered)

    @pytest.mark.parametrize(
        ("sent", "pointer"),
        [
            ("1e309", "/custom/n"),
            ("-1E400", "/custom/n"),
            ("9007199254740993", "/custom/n"),
            ("9007199254740993.0", "/custom/n"),
            ("123456789012345678901", "/custom/n"),
            ("1" + "0" * 22, "/custom/n"),
            ("NaN", "/custom/n"),
            ('"\\u0000"', "/custom/n"),
            ('{"a\\ud800":1}', "/custom/n"),
            ('{"a":1,"\\u0061":2}', "/custom/n"),
        ],
    )
    def test_has_nothing_that_two_would_read_differently(self, exchange, sent, pointer):
        status, answered = exchange(b'{"n": %b}' % sent.encode())

        assert (status, json.loads(answered)["errors"][0]["pointer"]) == (400, pointer)

    @pytest.mark.parametrize(
        "part", ["1e308", "1.7976931348623157e308", "5e-324", "1e-300", '"é"', '"\\u00e9"', "[[]]"]
    )
    def test_is_kept_and_shown_in_the_bytes_that_were_counted(self, exchange, ada, part):
        one = len(json.dumps(json.loads(part), ensure_ascii=False).encode()) + 1
        fits = (4096 - len('{"n":[]}') + 1) // one

        status, answered = exchange(b'{"n": [%b]}' % ",".join([part] * fits).encode())
        refused, _ = exchange(b'{"n": [%b]}' % ",".join([part] * (fits + 1)).encode())

        assert (status, refused) == (200, 400)
        assert 4096 - one < len(answered) <= 4096
        assert size_of(ada.id) == len(answered)
