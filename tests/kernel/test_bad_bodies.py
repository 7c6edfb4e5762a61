"""Every bad body is answered with a problem that points at the error: no 500, and nothing passes."""

import json

import pytest

TEXT_TOO_LONG = {"text": "x" * 21}


def text(value: str) -> bytes:
    return b'{"text":%s}' % value.encode()


def custom(value: str) -> bytes:
    return b'{"text":"a","custom":%s}' % value.encode()


BODIES = {
    "empty": (b"", 400, "json_invalid", "", "body_empty"),
    "blank": (b" \n ", 400, "json_invalid", "", "body_empty"),
    "a list": (b"[]", 400, "body_invalid", "", "not_an_object"),
    "a string": (b'"x"', 400, "body_invalid", "", "not_an_object"),
    "null": (b"null", 400, "body_invalid", "", "not_an_object"),
    "a number": (b"7", 400, "body_invalid", "", "not_an_object"),
    "half of it": (b'{"text":', 400, "json_invalid", "", "json_malformed"),
    "two of it": (b'{"text":"a"}{"text":"b"}', 400, "json_invalid", "", "json_malformed"),
    "a trailing comma": (b'{"text":"a",}', 400, "json_invalid", "", "json_malformed"),
    "single quotes": (b"{'text':'a'}", 400, "json_invalid", "", "json_malformed"),
    "a raw newline": (b'{"text":"a\nb"}', 400, "json_invalid", "", "json_malformed"),
    "a byte order mark": (b'\xef\xbb\xbf{"text":"a"}', 400, "json_invalid", "", "json_malformed"),
    "UTF-16": ('{"text":"a"}'.encode("utf-16"), 400, "json_invalid", "", "not_utf8"),
    "invalid UTF-8": (b'{"text":"\xff"}', 400, "json_invalid", "", "not_utf8"),
    "a surrogate in UTF-8": (b'{"text":"\xed\xa0\x80"}', 400, "json_invalid", "", "not_utf8"),
    "100,000 brackets": (b"[" * 100_000, 400, "json_invalid", "", "json_too_deep"),
    "100,000 braces": (b'{"a":' * 50_000, 400, "json_invalid", "", "json_too_deep"),
    "33 levels of free JSON": (
        custom('{"a":' + "[" * 31 + "]" * 31 + "}"),
        400,
        "json_invalid",
        "",
        "json_too_deep",
    ),
    "40,000 numbers": (
        custom('{"a":[' + "2e308," * 40_000 + "0]}"),
        400,
        "json_invalid",
        "",
        "json_too_long",
    ),
    "10,000 objects that repeat a key": (
        custom('{"a":[' + '{"a":1,"a":2},' * 10_000 + "0]}"),
        400,
        "json_invalid",
        "",
        "json_too_long",
    ),
    "brackets side by side": (
        custom('{"a":[' + "[[[[[[[[]]]]]]]]," * 10_000 + "0]}"),
        400,
        "json_invalid",
        "",
        "json_too_long",
    ),
    "20,000 unknown fields": (
        json.dumps({str(n): 0 for n in range(20_000)}).encode(),
        400,
        "json_invalid",
        "",
        "json_too_long",
    ),
    "escaped quotes without end": (
        b'{"a":"' + b'\\"' * 100_000 + b"[{" * 40,
        400,
        "json_invalid",
        "",
        "json_malformed",
    ),
    "a repeated key": (b'{"text":"a","text":"b"}', 400, "json_invalid", "", "key_repeated"),
    "a repeated key within": (
        custom('{"a":{"b":1,"b":2}}'),
        400,
        "json_invalid",
        "/custom/a",
        "key_repeated",
    ),
    "NaN": (custom('{"a":NaN}'), 400, "json_invalid", "/custom/a", "number_not_finite"),
    "Infinity": (custom('{"a":-Infinity}'), 400, "json_invalid", "/custom/a", "number_not_finite"),
    "1e400": (custom('{"a":1e400}'), 400, "json_invalid", "/custom/a", "number_not_finite"),
    "2^53 + 1": (custom('{"a":[9007199254740993]}'), 400, "json_invalid", "/custom/a/0", "number_too_large"),
    "-2^53 - 1": (custom('{"a":-9007199254740993}'), 400, "json_invalid", "/custom/a", "number_too_large"),
    "5,000 digits": (custom('{"a":%s}' % ("9" * 5000)), 400, "json_invalid", "/custom/a", "number_too_large"),
    "NUL in text": (text('"a\\u0000"'), 400, "json_invalid", "/text", "text_unstorable"),
    "NUL in free JSON": (custom('{"a":"\\u0000"}'), 400, "json_invalid", "/custom/a", "text_unstorable"),
    "NUL in a key": (custom('{"a\\u0000":1}'), 400, "json_invalid", "/custom", "text_unstorable"),
    "a lone surrogate": (text('"\\ud800"'), 400, "json_invalid", "/text", "text_unstorable"),
    "a lone surrogate in free JSON": (
        custom('{"a":["\\udfff"]}'),
        400,
        "json_invalid",
        "/custom/a/0",
        "text_unstorable",
    ),
    "a lone surrogate as key": (custom('{"\\ud800":1}'), 400, "json_invalid", "/custom", "text_unstorable"),
    "no text": (b"{}", 400, "body_invalid", "/text", "required"),
    "a number as text": (text("7"), 400, "body_invalid", "/text", "not_a_string"),
    "null as text": (text("null"), 400, "body_invalid", "/text", "not_a_string"),
    "empty text": (text('""'), 400, "body_invalid", "/text", "text_blank"),
    "blank text": (text('" \\n\\t "'), 400, "body_invalid", "/text", "text_blank"),
    "zero-width text": (text('"\\u200b\\u2060"'), 400, "body_invalid", "/text", "text_blank"),
    "long text": (json.dumps(TEXT_TOO_LONG).encode(), 400, "body_invalid", "/text", "too_long"),
    "a direction override": (text('"a\\u202eb"'), 400, "body_invalid", "/text", "text_forbidden_character"),
    "a control character": (text('"a\\u0007b"'), 400, "body_invalid", "/text", "text_forbidden_character"),
    "an unknown field": (b'{"text":"a","author_id":"7"}', 400, "body_invalid", "/author_id", "unknown"),
    "a slash in a name": (b'{"text":"a","b/c~":1}', 400, "body_invalid", "/b~1c~0", "unknown"),
    "a string as boolean": (
        b'{"text":"a","is_loud":"true"}',
        400,
        "body_invalid",
        "/is_loud",
        "not_a_boolean",
    ),
    "one as boolean": (b'{"text":"a","is_loud":1}', 400, "body_invalid", "/is_loud", "not_a_boolean"),
    "a number as id": (b'{"text":"a","items":[{"id":7}]}', 400, "body_invalid", "/items/0/id", "id_invalid"),
    "a padded id": (b'{"text":"a","items":[{"id":"07"}]}', 400, "body_invalid", "/items/0/id", "id_invalid"),
    "id zero": (b'{"text":"a","items":[{"id":"0"}]}', 400, "body_invalid", "/items/0/id", "id_invalid"),
    "a signed id": (b'{"text":"a","items":[{"id":"+7"}]}', 400, "body_invalid", "/items/0/id", "id_invalid"),
    "an id with a newline": (
        b'{"text":"a","items":[{"id":"7\\n"}]}',
        400,
        "body_invalid",
        "/items/0/id",
        "id_invalid",
    ),
    "an Arabic id": (
        '{"text":"a","items":[{"id":"\u0667"}]}'.encode(),
        400,
        "body_invalid",
        "/items/0/id",
        "id_invalid",
    ),
    "an id of 64 bits": (
        b'{"text":"a","items":[{"id":"9223372036854775808"}]}',
        400,
        "body_invalid",
        "/items/0/id",
        "id_invalid",
    ),
    "a float as integer": (
        b'{"text":"a","items":[{"id":"7","size":2.0}]}',
        400,
        "body_invalid",
        "/items/0/size",
        "not_an_integer",
    ),
    "too small": (
        b'{"text":"a","items":[{"id":"7","size":0}]}',
        400,
        "body_invalid",
        "/items/0/size",
        "too_small",
    ),
    "too many": (
        b'{"text":"a","items":[{"id":"1"},{"id":"1"},{"id":"1"},{"id":"1"}]}',
        400,
        "body_invalid",
        "/items",
        "too_many",
    ),
    "a list as object": (b'{"text":"a","custom":[]}', 400, "body_invalid", "/custom", "not_an_object"),
    "too much free JSON": (custom('{"a":"%s"}' % ("x" * 4100)), 400, "body_invalid", "/custom", "too_large"),
}


class TestBodies:
    @pytest.mark.parametrize("name", BODIES)
    def test_are_refused_with_a_pointer(self, api, name):
        raw, status, code, pointer, error = BODIES[name]

        answer = api.post("/v1/things", raw)

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code)
        assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, error)]
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_name_every_fault_at_once(self, api):
        answer = api.post("/v1/things", b'{"text":1,"items":[{"id":"x"},{"size":11,"id":"2"}],"nope":0}')

        assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
            ("/text", "not_a_string"),
            ("/items/0/id", "id_invalid"),
            ("/items/1/size", "too_large"),
            ("/nope", "unknown"),
        }

    def test_name_at_most_a_hundred_faults(self, api):
        many = {str(n): n for n in range(500)}

        answer = api.post("/v1/things", {"text": "a", **many})

        assert len(answer.json()["errors"]) == 100

    def test_never_echo_what_was_sent(self, api):
        answer = api.post("/v1/things", b'{"text":["hunter2"],"is_loud":"hunter2"}')

        assert answer.status_code == 400
        assert b"hunter2" not in answer.content

    def test_pass_at_the_limits(self, api):
        raw = custom('{"a":' + "[" * 30 + "9007199254740992" + "]" * 30 + "}")

        assert api.post("/v1/things", raw).status_code == 201

    @pytest.mark.parametrize("value", ['"%s"' % ("," * 4080), "[%s0]" % ("0," * 2000)])
    def test_pass_with_all_that_fits_into_free_json(self, api, value):
        assert api.post("/v1/things", custom('{"a":' + value + "}")).status_code == 201

    @pytest.mark.parametrize(("joints", "code"), [(4000, "body_invalid"), (4001, "json_invalid")])
    def test_count_what_they_hold_and_no_commas_of_texts(self, api, joints, code):
        raw = b'["%s",%s0]' % (b"," * 9000, b"0," * (joints - 2))

        assert api.post("/v1/things", raw).json()["code"] == code

    def test_pass_with_pairs_of_surrogates(self, api):
        answer = api.post("/v1/things", text('"\\ud83d\\ude00"'))

        assert answer.json()["text"] == "😀"

    def test_are_kept_in_normal_form(self, api):
        answer = api.post("/v1/things", text('"e\\u0301"'))

        assert answer.json()["text"] == "é"


class TestMediaTypes:
    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=latin-1",
            "application/json; charset=bogus",
            "application/json; version=2",
            "application/merge-patch+json",
            "",
        ],
    )
    def test_but_json_in_utf8_are_refused(self, api, content_type):
        answer = api.post("/v1/things", b'{"text":"a"}', content_type=content_type)

        assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")

    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'],
    )
    def test_of_json_in_utf8_are_taken(self, api, content_type):
        assert api.post("/v1/things", b'{"text":"a"}', content_type=content_type).status_code == 201

    @pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
    def test_are_refused_when_compressed(self, api, encoding):
        answer = api.post("/v1/things", b'{"text":"a"}', content_encoding=encoding)

        assert answer.status_code == 415


class TestLengths:
    def test_beyond_the_limit_are_refused_with_413(self, api):
        answer = api.post("/v1/things", b" " * 262_145)

        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    def test_at_the_limit_are_taken(self, api):
        raw = b'{"text":"a"}'

        assert api.post("/v1/things", raw + b" " * (262_144 - len(raw))).status_code == 201

    def test_that_lie_by_thousands_of_digits_are_refused(self, api):
        answer = api.post("/v1/things", b"{}", content_length="9" * 5000)

        assert answer.status_code == 413

    def test_that_are_no_number_are_refused(self, api):
        answer = api.post("/v1/things", b"{}", content_length="-1")

        assert (answer.status_code, answer.json()["errors"][0]["header"]) == (400, "Content-Length")

    def test_are_required_of_chunked_bodies(self, api):
        answer = api.post("/v1/things", b"a", content_length="", transfer_encoding="chunked")

        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


class TestKeys:
    @pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\tb", "é", "one,two"])
    def test_that_are_no_keys_are_refused(self, api, key):
        answer = api.post("/v1/things", b'{"text":"a"}', idempotency_key=key)

        assert (answer.status_code, answer.json()["code"]) == (400, "header_invalid")
        assert answer.json()["errors"][0]["header"] == "Idempotency-Key"

    def test_are_required_where_an_endpoint_says_so(self, api):
        answer = api.post("/v1/keyed", b'{"text":"a"}')

        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "required")
