"""Encryption for a browser, by the answer that is known: RFC 8291, appendix A."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from modules.push.selectors.keys import from_base64url, to_base64url
from modules.push.services.encryption import encrypt

BROWSERS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
TEXT = b"When I grow up, I want to be a watermelon"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_is_that_of_the_rfc():
    key = ec.derive_private_key(int.from_bytes(from_base64url(OURS)), ec.SECP256R1())

    body = encrypt(TEXT, p256dh=BROWSERS, auth=SECRET, salt=from_base64url(SALT), key=key)

    assert to_base64url(body) == BODY


def test_is_another_each_time():
    first, second = (encrypt(TEXT, p256dh=BROWSERS, auth=SECRET) for _ in range(2))

    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
