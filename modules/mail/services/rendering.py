"""
Mails from their templates: MJML for HTML, and a text beside it, of the same facts.

The text is made where a mail is queued, for it is quick. HTML is made where it is sent: only workers load
mrml, which compiles each template once; Django fills in the facts after that, escaped.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template, engines
from django.template.loader import get_template

from modules.mail.schemas import NewMail
from modules.mail.services.signing import SignedMail

# What tags that show nothing leave behind.
_GAPS = re.compile(r"\n{3,}")
_LAYOUT, _CONTENT = "layout", "<!-- content -->"


def render_mail(mail: NewMail, *, message_id: str = "") -> EmailMultiAlternatives:
    """
    Return a mail as it is sent, text and HTML. Compiles its template the first time: never in a request.

    :raises TemplateDoesNotExist: if there is no such template
    """
    return assemble_mail(mail, render_text(mail), message_id=message_id)


def assemble_mail(mail: NewMail, text: str, *, message_id: str = "") -> EmailMultiAlternatives:
    """Return a mail whose text was rendered before, with its HTML."""
    message = SignedMail(mail.subject, text, to=[mail.to], headers=_headers(mail, message_id))
    message.attach_alternative(render_html(mail), "text/html")
    return message


def render_text(mail: NewMail) -> str:
    """Return the text of a mail; quick enough for a request."""
    template = get_template(f"mail/{mail.template}.txt").template  # type: ignore[attr-defined]  # Django's own
    text = str(template.render(Context(_facts(mail), autoescape=False))).strip()
    return _GAPS.sub("\n\n", text) + "\n"


def render_html(mail: NewMail) -> str:
    """Return the HTML of a mail; what its facts hold is escaped."""
    return str(_compile(mail.template).render(Context(_facts(mail))))


@cache
def _compile(name: str) -> Template:
    """Return what Django renders: the layout around a template, as MJML's compiler leaves both."""
    import mrml  # 2 MB that no process needs but workers

    compiled = mrml.to_html(
        # Not by mj-include: mrml gives what is included no width.
        _source(_LAYOUT).replace(_CONTENT, _source(name)),
        # Else it has readers fetch what it knows by name from Google, who would learn who reads when.
        render_options=mrml.RenderOptions(fonts={}),
    )
    engine = engines["django"].engine  # type: ignore[attr-defined]  # of Django's own backend
    return Template(compiled.content, engine=engine)


def _source(name: str) -> str:
    return str(get_template(f"mail/{name}.mjml").template.source)  # type: ignore[attr-defined]


def _facts(mail: NewMail) -> Mapping[str, Any]:
    site_url = settings.FRONTEND_URL
    return {
        **mail.facts,
        "subject": mail.subject,
        "preheader": mail.preheader,
        "language": mail.language,
        "unsubscribe_url": mail.unsubscribe_url,
        "site_name": settings.SITE_NAME,
        "site_url": site_url,
        "site_host": urlsplit(site_url).netloc,
    }


def _headers(mail: NewMail, message_id: str) -> dict[str, str]:
    """Return what a mail says of itself beside whom it is from and for."""
    # Who answers by a program (out of office) answers no such mail.
    headers = {"Auto-Submitted": "auto-generated"}
    if message_id:
        headers["Message-ID"] = message_id
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
