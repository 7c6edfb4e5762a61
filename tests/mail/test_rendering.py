"""What a mail looks like: text and HTML of the same facts; nothing runs that somebody has written there."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from modules.kernel import clock
from modules.mail.models import Mail
from modules.mail.public import queue_bulk_mails, render_mail
from modules.mail.schemas import NewMail
from sharding.errors import AlreadyDone
from sharding.scope import Once

FACTS: dict[str, Any] = {
    "heading": "An app was registered",
    "paragraphs": ["The app <b>Free & easy</b> was registered."],
    "code": "ABCD-EFGH",
    "action": {"label": "Look", "url": "https://app.example.org/apps?a=1&b=2"},
    "details": [["Browser", '"><script>alert(1)</script>']],
    "note": "If this was not you, tell us.",
}


def mail(**changed: Any) -> NewMail:
    return NewMail(**({"to": "ada@example.org", "subject": "News", "facts": FACTS} | changed))


def html_of(new: NewMail) -> str:
    [(html, kind)] = render_mail(new).alternatives
    assert kind == "text/html"
    return str(html)


class TestMessage:
    def test_says_the_same_in_text_and_html(self, settings):
        text, html = str(render_mail(mail()).body), html_of(mail())

        for fact in (FACTS["heading"], FACTS["code"], "Look", "Browser", FACTS["note"]):
            assert (fact in text, fact in html) == (True, True)
        assert "https://app.example.org/apps?a=1&b=2" in text
        assert 'href="https://app.example.org/apps?a=1&amp;b=2"' in html

    def test_escapes_in_html_alone_what_somebody_has_written(self):
        text, html = str(render_mail(mail()).body), html_of(mail())

        assert "The app <b>Free & easy</b> was registered." in text
        assert "The app &lt;b&gt;Free &amp; easy&lt;/b&gt; was registered." in html
        assert '"><script>' in text
        assert "<script" not in html

    def test_fetches_nothing_and_runs_nothing(self):
        assert re.findall(r"<(?:img|script|link|iframe)|url\(|@import", html_of(mail())) == []

    def test_leaves_no_tag_of_the_templates(self):
        assert not re.search(r"\{[{%]|mj-", re.sub(r"mj-(column-per|outlook-group)", "", html_of(mail())))

    def test_says_its_language_and_its_one_heading_to_screen_readers(self):
        html = html_of(mail(language="de"))

        assert '<html lang="de"' in html
        assert re.findall("<h([1-6])>", html) == ["1"]
        assert '<th scope="row">Browser</th>' in html
        tables = re.findall("<table[^>]*>", re.sub(r"<!--\[if.*?endif\]-->", "", html, flags=re.DOTALL))
        # The one with facts is read as a table, all others are there for their looks.
        assert len([table for table in tables if 'role="presentation"' not in table]) == 1

    def test_shows_an_inbox_its_preheader_and_a_code_only_where_it_is_opened(self):
        html = html_of(mail(preheader="Somebody asked"))

        hidden = re.search(r'<div style="display:none[^>]*>([^<]*)<', html)
        assert hidden
        assert hidden[1] == "Somebody asked"


class TestSubject:
    @pytest.mark.parametrize(
        "subject", ["News\r\nBcc: all@example.org", "News\x00\u2028Bcc: all@example.org"]
    )
    def test_is_one_line_whatever_was_put_into_it(self, subject):
        message = render_mail(mail(subject=subject)).message()

        assert (message["Subject"], message["Bcc"]) == ("News Bcc: all@example.org", None)


class TestReceiver:
    @pytest.mark.parametrize("to", ["a@example.org\nBcc: b@example.org", "a@example.org b", "<a@b.org>"])
    def test_is_one_address(self, to):
        with pytest.raises(ValueError, match="to cannot stand"):
            mail(to=to)


class TestUnsubscribing:
    def test_stands_in_headers_for_programs_and_in_both_parts_for_people(self):
        url = "https://app.example.org/unsubscribe/abc"
        rendered = render_mail(mail(unsubscribe_url=url))
        message = rendered.message()

        assert message["List-Unsubscribe"] == f"<{url}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"Unsubscribe: {url}" in str(rendered.body)
        assert f'<a href="{url}">Unsubscribe</a>' in str(rendered.alternatives[0][0])

    def test_is_offered_only_where_it_is_possible(self):
        message = render_mail(mail()).message()

        assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (None, None)
        assert "Unsubscribe" not in html_of(mail())


@pytest.mark.django_db
class TestBulk:
    def test_is_queued_once_for_an_event(self, db):
        once = Once("mailings.send_digest", "1")
        queue_bulk_mails([mail(), mail(to="vera@example.org")], now=clock.now(), once=once)

        with pytest.raises(AlreadyDone):
            queue_bulk_mails([mail()], now=clock.now(), once=once)

        rows = Mail.objects.values_list("to", "kind").order_by("id")
        assert list(rows) == [("ada@example.org", "bulk"), ("vera@example.org", "bulk")]


class TestRequests:
    def test_never_load_the_compiler(self):
        code = (
            "import os, sys; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings.test');"
            "import config.wsgi; from modules.mail.services.rendering import render_text;"
            "from modules.mail.schemas import NewMail;"
            "render_text(NewMail(to='a@example.org', subject='News'));"
            "assert not {'mrml', 'dkim', 'anymail'} & set(sys.modules), 'loaded'"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

        assert (done.returncode, done.stderr) == (0, "")
