"""Django's way in: nothing of a request is taken apart before it is counted, or at a cost that squares."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Request(WSGIRequest):
    """A request whose headers are read as far as anything here needs them."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """
        Keep the media type and none of its parameters; whatever comes is read as UTF-8.

        Django has a parser of mails read them, whose time grows with the square of their length and which
        raises where no middleware is yet. And it decodes addresses and forms by the `charset` that a stranger
        names: `punycode` takes seconds, `hex` is no text at all, and each name that is none stays in memory.
        What asks for another charset is refused at the edge (kernel's `check_media_type`).
        """
        self.content_type = meta.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        self.content_params: dict[str, str] = {}


class Application(WSGIHandler):
    """The WSGI application."""

    request_class = Request
