"""The addresses that an app may register: what two would read apart is none, and none stands twice."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from allauth.idp.oidc.models import Client as AppRow
from pydantic import ValidationError

from modules.accounts.schemas import EditApp, NewApp, NewKey
from modules.accounts.schemas.addresses import to_canonical
from modules.kernel.errors import InputError
from modules.kernel.http.input_errors import Place, to_input_errors

APP: dict[str, object] = {
    "name": "Reader",
    "type": "confidential",
    "redirect_uris": ["https://reader.example.org/back"],
    "scopes": ["read:profiles"],
    "grant_types": ["authorization_code"],
}

ODD = [
    # backslash, controls, blanks, what no address is made of
    *("https://a\\b", "https://a.example\\@b.example/", "https://a.example/\\..", "org.example.app:\\cb"),
    *("https://a.example/\t", "https://a.example/\n", "https://a.example/\x00", "https://a.example/\x7f"),
    *(" https://a.example/", "https://a.example/ ", "https://a.example/a b", "https://a.example/\u00a0"),
    *(
        "https://a.example/<",
        'https://a.example/"',
        "https://a.example/{x}",
        "https://a.example/`",
        "https://a|b/",
    ),
    *("https://a.example/%", "https://a.example/%2", "https://a.example/%zz", "https://*.example/"),
    # user, fragment
    *("https://user@a.example/", "https://u:p@a.example/", "https://@a.example/", "http://a@127.0.0.1/"),
    *("https://a.example/#", "https://a.example/#x", "org.example.app:/cb#x", "org.example.app://u@cb"),
    # hosts
    *(
        "https://b\u00fccher.example/",
        "https://b%C3%BCcher.example/",
        "https://xn--a.example/",
        "https://\uff41.example/",
    ),
    *(
        "https://a..example/",
        "https://.example/",
        "https://a.example./",
        "https://-a.example/",
        "https://a-.example/",
    ),
    *(
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://1.2.3.256/",
        "https://0177.0.0.1/",
    ),
    *("https://[::1", "https://[::1]x/", "https://[0:0::1]/", "https://[fe80::1%25a]/", "https://[v1.a]/"),
    *(
        "https://",
        "https:///",
        "https:a.example/",
        "https:/a.example",
        "//a.example/",
        "/back",
        "a.example",
        "",
    ),
    "https://" + "a" * 64 + ".example/",
    # ports
    *("https://a.example:0/", "https://a.example:65536/", "https://a.example:99999/", "https://a.example:/"),
    *("https://a.example:0443/", "https://a.example:+443/", "https://a.example:x/", "https://a.example:-1/"),
    # schemes
    *("http://a.example/", "http://127.0.0.1.example/", "javascript:alert(1)", "JAVASCRIPT:alert(1)"),
    *(
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "mailto:a@example.org",
        "app:/cb",
    ),
    # steps of dots, which browsers take away
    *(
        "https://a.example/x/../back",
        "https://a.example/./back",
        "https://a.example/%2e%2E/back",
        "https://a.example/..",
    ),
]

FINE = [
    *(
        "https://a.example",
        "https://a.example/",
        "https://a.example:8443/back?x=y&z=%C3%BC",
        "https://a_b.example/",
    ),
    *(
        "https://xn--bcher-kva.example/cb",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:8443/",
        "https://localhost/",
    ),
    *(
        "http://127.0.0.1/back",
        "http://127.0.0.1:65535/",
        "http://[::1]:7000/back",
        "http://localhost:3000/cb",
    ),
    *(
        "org.example.reader:/back",
        "com.example.app://oauth/cb",
        "com.googleusercontent.apps.1-a:/oauth2redirect",
    ),
    *("https://a.example/(x)/;y=!$'/@me", "https://a.example/..x/.well-known/x...", "https://A.example/Back"),
]


def faults_of(shape: type[NewApp | EditApp | NewKey], body: Mapping[str, object]) -> list[InputError]:
    with pytest.raises(ValidationError) as refused:
        shape.model_validate(body)
    return to_input_errors(refused.value, Place.BODY)


class TestAddress:
    @pytest.mark.parametrize("uri", ODD, ids=ascii)
    @pytest.mark.parametrize("name", ["redirect_uris", "post_logout_redirect_uris"])
    def test_that_is_odd_is_refused_with_a_pointer(self, name, uri):
        body = APP | {name: ["https://fine.example/", uri]}

        assert [error.pointer for error in faults_of(NewApp, body)] == [f"/{name}/1"]
        assert [error.pointer for error in faults_of(EditApp, {name: [uri]})] == [f"/{name}/0"]

    @pytest.mark.parametrize("uri", FINE)
    def test_that_all_read_alike_is_taken_to_the_letter(self, uri):
        assert NewApp.model_validate(APP | {"redirect_uris": [uri]}).redirect_uris == [uri]


class TestDoubled:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("https://a.example/back", "https://a.example/back"),
            ("https://a.example/back", "HTTPS://A.example/back"),
            ("https://a.example/back", "https://a.example:443/back"),
            ("https://a.example", "https://a.example/"),
            ("https://a.example/~me%2f", "https://a.example/%7Eme%2F"),
            ("http://127.0.0.1/", "http://127.0.0.1:80"),
            ("org.example.app:/cb", "Org.Example.App:/cb"),
        ],
    )
    def test_addresses_are_refused_with_a_pointer_to_the_second(self, first, second):
        assert to_canonical(first) == to_canonical(second)
        for name in ("redirect_uris", "post_logout_redirect_uris"):
            errors = faults_of(NewApp, APP | {name: ["https://b.example/", first, second, first]})

            assert [(error.pointer, error.code) for error in errors] == [
                (f"/{name}/2", "doubled"),
                (f"/{name}/3", "doubled"),
            ]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("https://a.example/back", "https://a.example/Back"),
            ("https://a.example/back", "https://a.example/back/"),
            ("https://a.example/back", "https://a.example/back?"),
            ("https://a.example/a%2Fb", "https://a.example/a/b"),
            ("https://a.example/", "https://a.example:8443/"),
            ("http://127.0.0.1/", "http://[::1]/"),
        ],
    )
    def test_addresses_that_differ_are_not(self, first, second):
        assert NewApp.model_validate(APP | {"redirect_uris": [first, second]}).redirect_uris == [
            first,
            second,
        ]

    def test_scopes_and_grants_are_refused_with_a_pointer_to_the_second(self):
        twice: dict[str, object] = {
            "scopes": ["openid", "email", "openid"],
            "grant_types": ["refresh_token", "refresh_token"],
        }
        key = {"name": "nightly", "scopes": ["read:profiles", "read:profiles"]}

        assert [error.pointer for error in faults_of(NewApp, APP | twice)] == ["/scopes/2", "/grant_types/1"]
        assert [error.pointer for error in faults_of(EditApp, {"scopes": twice["scopes"]})] == ["/scopes/2"]
        assert [error.pointer for error in faults_of(NewKey, key)] == ["/scopes/1"]

    def test_are_answered_so_and_nothing_is_registered(self, as_ada):
        answer = as_ada("POST", "/v1/apps", APP | {"redirect_uris": ["https://a.example/"] * 2})

        assert (answer.status, answer.body["errors"]) == (
            400,
            [
                {
                    "pointer": "/redirect_uris/1",
                    "code": "doubled",
                    "detail": "Send this once; it stands in the list already.",
                }
            ],
        )
        assert AppRow.objects.count() == 0
