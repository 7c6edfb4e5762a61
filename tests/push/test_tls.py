"""Push services are believed by their certificates, as browsers' servers are, and by nothing else."""

from __future__ import annotations

import pytest

from modules.push.services import transport
from modules.push.services.transport import Answer, Request, post_all
from tests.kit.tls import LOOPBACK, Authority
from tests.push.kit import running_service


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """The one authority that is trusted."""
    trusted = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted.file))
    transport._tls.cache_clear()
    yield trusted
    transport._tls.cache_clear()


def push_to(certificate):
    """Push to a service with this certificate; return what came of it, and what the service got."""
    with running_service(certificate) as service:
        request = Request(f"https://{service.host}/push", {}, b"x", may_be_private=True)
        return post_all([request], within_s=5.0)[0], [each.path for each in service.got]


def test_one_that_a_known_authority_vouches_for_is_pushed_to(authority):
    assert push_to(authority.issue(LOOPBACK)) == (Answer(201), ["/push"])


def test_one_that_nobody_vouches_for_gets_nothing(authority, tmp_path):
    stranger = Authority(tmp_path, "stranger")

    assert push_to(stranger.issue(LOOPBACK)) == (Answer(trouble="SSLCertVerificationError"), [])


def test_one_of_another_name_gets_nothing(authority):
    assert push_to(authority.issue("push.example.org")) == (Answer(trouble="SSLCertVerificationError"), [])
