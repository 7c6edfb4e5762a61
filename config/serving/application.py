"""Django's way in: nothing of a request is taken apart before it is counted, or at a cost that squares."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest, get_str_from_wsgi
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.multipartparser import MultiPartParserError
from django.urls import ResolverMatch, get_resolver
from django.utils.functional import cached_property
from django.utils.log import log_response

from config.serving.routes import Routes


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

    def _load_post_and_files(self) -> None:
        """
        Read a form, but none in parts: there are no files, and each part has headers for the parser of mails.

        :raises MultiPartParserError: of a form in parts, which Django answers with a 400
        """
        if self.content_type == "multipart/form-data":
            raise MultiPartParserError("Forms are application/x-www-form-urlencoded.")
        super()._load_post_and_files()

    @cached_property
    def COOKIES(self) -> dict[str, str]:  # type: ignore[override]  # noqa: N802 - as Django has it
        """
        Return the cookies but those with a backslash, which stand for other characters.

        Python took them apart in a time that grows with their square, a second for 8 KB, until 3.11.10. A
        cookie has none by RFC 6265, and no one of ours does.
        """
        sent = get_str_from_wsgi(self.environ, "HTTP_COOKIE", "")
        if "\\" in sent:
            sent = ";".join(pair for pair in sent.split(";") if "\\" not in pair)
        return dict(parse_cookie(sent))


class Application(WSGIHandler):
    """The WSGI application."""

    request_class = Request

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request; a path that is no UTF-8 leads nowhere, and Django would quote 4 KB in 170 ms."""
        path = environ["PATH_INFO"]
        if not path.isascii():
            readable = path.encode("latin-1").decode(errors="replace")
            environ["PATH_INFO"] = readable.encode().decode("latin-1")
        return super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponse:
        """
        Answer a request as Django does, without noting for the thread which URLs there are.

        They are the same for every request, and the note costs two writes to what asgiref keeps, 25 us.
        """
        response: HttpResponse = self._middleware_chain(request)  # type: ignore[attr-defined]
        response._resource_closers.append(request.close)  # type: ignore[attr-defined]
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Return which view a request is for: found by how its path begins, else by Django."""
        match = self.routes.find(request.path_info)
        if match is None:
            found: ResolverMatch = super().resolve_request(request)
            return found
        request.resolver_match = match
        return match

    @cached_property
    def routes(self) -> Routes:
        """Return the views of `/v1/`; whoever forks asks before."""
        return Routes(get_resolver().url_patterns)
