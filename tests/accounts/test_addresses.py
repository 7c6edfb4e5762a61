"""E-mail addresses have one form, and what has none is refused whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.accounts.errors import AddressInvalid
from modules.accounts.services.addresses import find_address, to_address

DOMAIN_OF_188 = ".".join(["b" * 62] * 3)


class TestToAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("ada@example.org", "ada@example.org"),
            (" Ada@Example.ORG\r\n", "ada@example.org"),
            ("ADA@Bücher.example", "ada@xn--bcher-kva.example"),
            ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
            ("ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"),
            ("ada@faß.example", "ada@xn--fa-hia.example"),
            ("ada@президент.рф", "ada@xn--d1abbgf6aiiy.xn--p1ai"),
            ("ada@example\u3002org", "ada@example.org"),
            ("ada@\uff45xample.org", "ada@example.org"),
            ("ada@exam\u00adple\u200b.org", "ada@example.org"),
            # An a of Cyrillic is another domain, and is seen to be one.
            ("ada@\u0430pple.example", "ada@xn--pple-43d.example"),
            # Capitals that this Python, or the database, does not know yet.
            ("a@\ua7cbX.example.org", "a@xn--x-x1a.example.org"),
            ("o'neill+tag.x@example.org", "o'neill+tag.x@example.org"),
        ],
    )
    def test_makes_one_of_all_spellings(self, text, address):
        assert to_address(text) == address

    @pytest.mark.parametrize(
        "text",
        [
            *("", "@", "ada", "ada@", "@example.org", "ada@example", "ada@localhost", "a@b@example.org"),
            *(
                "ada@example.org.",
                "ada@example..org",
                "ada@-example.org",
                "ada@ex_ample.org",
                "ada@example.1",
            ),
            *(".ada@example.org", "ada.@example.org", "a..da@example.org", "a da@example.org"),
            *('"ada"@example.org', '"a da"@example.org', "ada(home)@example.org", "Ada <ada@example.org>"),
            *("ada@[127.0.0.1]", "ada@[IPv6:::1]", "ada@127.0.0.1", "ada@example.org, bob@example.org"),
            *("ädä@example.org", "ada\u200b@example.org", "ada\uff20example.org", "\u212aate@example.org"),
            *(
                "ada@example.org\0",
                "ada\n@example.org",
                "ada@exa\nmple.org",
                "ada@example.org\u2028",
                "\x1fa@b.org",
            ),
            *("ada@1\u05d0\u05d1.org", "ada@a\u200db.org", "ada@\U0001f4a9.example", "ada@exa\u202emple.org"),
            *(
                "ada@\ud800.org",
                "\udfff@example.org",
                "ada@xn--a.org",
                "ada@xn--example-.org",
                "ada@xn--.org",
            ),
        ],
    )
    def test_refuses_what_is_none(self, text):
        with pytest.raises(AddressInvalid):
            to_address(text)

    @pytest.mark.parametrize("domain", [f"{DOMAIN_OF_188}.org", f"{DOMAIN_OF_188[4:]}.ü.org"])
    def test_refuses_what_is_too_long_instead_of_cutting_it(self, domain):
        text = f"{'a' * 64}@{domain}"

        with pytest.raises(AddressInvalid, match="at most 254 characters"):
            to_address(text)

    def test_takes_the_longest_there_is(self):
        longest = f"{'a' * 64}@{DOMAIN_OF_188[3:]}.org"

        assert (len(longest), to_address(longest)) == (254, longest)

    @pytest.mark.parametrize("text", [f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", "a@" + "ß" * 100_000])
    def test_refuses_parts_that_are_too_long(self, text):
        assert find_address(text) is None

    @given(st.emails() | st.text(max_size=40).map("ada@{}.example".format))
    def test_changes_nothing_about_its_own_form(self, text):
        address = find_address(text)

        assert address is None or to_address(address) == address
        assert address is None or (address.isascii() and address == address.lower() and len(address) <= 254)
