"""What is read of a request before anything counts it, and how far."""

import json
from wsgiref.util import setup_testing_defaults

import pytest
from django.http.multipartparser import MultiPartParserError

from config.serving.application import Application, Request

HEAPS = {
    "punycode": "multipart/form-data; boundary=x; charset=punycode",
    "hex": "text/plain; charset=hex",
    "undefined": "application/x-www-form-urlencoded; charset=undefined",
    "idna, quoted": 'application/json;CHARSET="idna"',
    "utf-16": "text/plain; charset = utf-16",
    "two of them": "text/plain; charset=utf-8; charset=punycode",
    "no codec": "text/plain; charset=nothing-of-the-kind",
    "RFC 2231": "a; a*=q''b",
    "RFC 2231 in parts": "text/plain; charset*0*=utf-8''%ff; charset*1=x",
    "RFC 2231 in another": "application/json; x*=idna''%ff..",
    "half a quote": 'text/plain; a="' + ";" * 8_000,
    "a quoted one": 'text/plain; a="; charset=utf-8; b="',
    "a version": "application/json; version=1",
    "a boundary of no form": "text/plain; boundary=x",
    "a boundary of anything": 'multipart/form-data; boundary="x;charset=hex"',
    "length": "application/json" + ";" * 200,
}


def environ_of(**more: str) -> dict[str, object]:
    environ: dict[str, object] = {"PATH_INFO": "/v1/things", **more}
    setup_testing_defaults(environ)
    return environ | {"HTTP_HOST": "localhost"}


def ask(**more: str):
    """Return status, headers and body of an answer of the application that gunicorn runs."""
    told = []
    [content] = Application()(environ_of(**more), lambda *head: told.append(head))
    [(status, headers)] = told
    return int(status[:3]), dict(headers), json.loads(content)


class TestAContentType:
    @pytest.mark.parametrize("name", HEAPS)
    @pytest.mark.parametrize(
        ("method", "path"), [("POST", "/v1/things"), ("POST", "/healthz"), ("PUT", "/no")]
    )
    def test_with_more_than_utf8_is_refused_like_anything_else(self, api, name, method, path):
        status, headers, problem = ask(CONTENT_TYPE=HEAPS[name], REQUEST_METHOD=method, PATH_INFO=path)

        assert (status, problem["code"]) == (415, "media_type_unsupported")
        assert problem["request_id"] == headers["X-Request-Id"] != ""

    @pytest.mark.parametrize(
        "sent",
        [
            *("", "text/plain", "application/json", "application/json;charset=utf-8", "a", ";"),
            *('Text/HTML ; Charset="UTF8";', "multipart/form-data; boundary=----x", "é"),
        ],
    )
    def test_of_other_requests_is_taken(self, api, sent):
        assert ask(CONTENT_TYPE=sent)[0] == 200

    @pytest.mark.parametrize("name", HEAPS)
    def test_of_a_read_means_nothing(self, api, name):
        assert ask(CONTENT_TYPE=HEAPS[name])[0] == 200

    @pytest.mark.parametrize("name", HEAPS)
    def test_says_nothing_of_how_to_decode(self, name):
        request = Request(environ_of(CONTENT_TYPE=HEAPS[name], QUERY_STRING="a=%C3%A9"))

        assert (request.encoding, request.content_params, request.GET["a"]) == (None, {}, "é")

    def test_is_of_a_form_in_any_case(self):
        assert Request(environ_of(CONTENT_TYPE=" Text/Plain ; x")).content_type == "text/plain"


class TestAForm:
    def test_in_parts_is_not_read(self):
        request = Request(environ_of(CONTENT_TYPE="multipart/form-data; boundary=x", REQUEST_METHOD="POST"))

        with pytest.raises(MultiPartParserError):
            request.POST.get("a")


class TestCookies:
    def test_are_read_but_those_that_stand_for_other_characters(self):
        request = Request(
            environ_of(HTTP_COOKIE='sid=a; other="\\"\\054"; csrf="b"; x="' + "\\1" * 4000 + '"')
        )

        assert request.COOKIES == {"sid": "a", "csrf": "b"}


class TestAPath:
    @pytest.mark.parametrize(("sent", "read"), [("\xff" * 4000, "�" * 4000), ("\xc3\xa9", "é")])
    def test_that_is_no_utf8_leads_nowhere(self, api, sent, read):
        status, _, problem = ask(PATH_INFO=f"/v1/{sent}")

        assert (status, problem["instance"]) == (404, f"/v1/{read}")
