"""DKIM: what leaves is signed, also what unsubscribes, and nothing of it can be changed on its way."""

from __future__ import annotations

import re
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from modules.kernel import clock
from modules.mail.public import queue_bulk_mails
from modules.mail.schemas import NewMail
from modules.mail.services.sending import send_waiting_mails

pytestmark = pytest.mark.django_db

UNSUBSCRIBE = "https://app.example.org/unsubscribe/" + "abcdefgh" * 12


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(params=[serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL])
def signed(request, key, db, sink, settings) -> bytes:
    """A mail as the server got it, signed with a key in either form that openssl writes."""
    pem = key.private_bytes(serialization.Encoding.PEM, request.param, serialization.NoEncryption()).decode()
    settings.MAIL = replace(settings.MAIL, dkim_key=pem, dkim_selector="banyan", dkim_domain="example.org")
    new = NewMail(
        to="ada@example.org",
        subject="Größe und Länge " * 8,
        facts={"heading": "Grüße", "paragraphs": ["wörtlich " * 200, ".", "From here"]},
        unsubscribe_url=UNSUBSCRIBE,
    )
    queue_bulk_mails([new], now=clock.now())
    send_waiting_mails(now=clock.now())
    raw: bytes
    [raw] = sink.raw
    return raw


def is_signed(raw: bytes, key: rsa.RSAPrivateKey) -> bool:
    """Return whether a receiver who finds the key in DNS believes the mail."""
    der = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + b"".join(der.splitlines()[1:-1])
    asked = {b"banyan._domainkey.example.org.": record}
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: asked.get(name)))


class TestSignature:
    def test_is_believed(self, signed, key):
        assert is_signed(signed, key)

    def test_covers_sender_receiver_and_what_unsubscribes(self, signed):
        header = re.search(rb"DKIM-Signature:(.*?)\r\n(?=\S)", signed, re.DOTALL)
        assert header
        named = re.search(rb"h=([^;]+)", header[1])
        assert named
        covered = b"".join(named[1].split()).decode().split(":")
        assert {"from", "to", "subject", "date", "message-id"} <= set(covered)
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(covered)
        # Once more than they are there: nobody adds a second one.
        assert (covered.count("from"), covered.count("subject")) == (2, 2)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"From here", b"From where"),
            (b"<https://app.example.org/unsub", b"<https://evil.example.org/unsub"),
            (b"One-Click", b"None-Click"),
            (b"\r\nFrom: ", b"\r\nFrom: evil@example.com\r\nFrom: "),
            (b"\r\nSubject: ", b"\r\nSubject: Pay\r\nSubject: "),
            (b"\r\nFrom: ", b"\r\nReply-To: evil@example.com\r\nFrom: "),
            (b"\r\nFrom: ", b"\r\nSender: evil@example.com\r\nFrom: "),
            (b"\r\nFrom: ", b"\r\nCc: vera@example.com\r\nFrom: "),
            (b"\r\nFrom: ", b"\r\nList-Unsubscribe: <https://evil.example.org>\r\nFrom: "),
            (b"\r\nFrom: ", b"\r\nContent-Type: multipart/mixed; boundary=From\r\nFrom: "),
        ],
    )
    def test_holds_for_nothing_else(self, signed, key, old, new):
        assert old in signed

        assert not is_signed(signed.replace(old, new, 1), key)


def test_without_a_key_nothing_is_signed(db, sink):
    queue_bulk_mails([NewMail(to="ada@example.org", subject="News")], now=clock.now())

    send_waiting_mails(now=clock.now())

    assert [taken["DKIM-Signature"] for taken in sink.mails] == [None]
