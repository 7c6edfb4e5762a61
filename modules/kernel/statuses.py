"""What a bare status means, as code and title, where no refusal says more. gunicorn reads it too."""

from modules.kernel import errors

TITLES = {
    400: ("bad_request", errors.BadRequest.title),
    401: ("unauthorized", errors.Unauthorized.title),
    403: ("forbidden", errors.Forbidden.title),
    404: ("not_found", errors.NotFound.title),
    405: ("method_not_allowed", "This path does not answer to this method."),
    406: ("not_acceptable", "Answers are JSON."),
    408: ("request_timeout", "The request came too slowly; send it again."),
    409: ("conflict", errors.Conflict.title),
    410: ("gone", errors.Gone.title),
    411: ("length_required", "Send a Content-Length."),
    413: ("body_too_large", "The body is too large."),
    414: ("uri_too_long", "The address is too long."),
    415: ("media_type_unsupported", "Bodies are JSON in UTF-8, not compressed."),
    417: ("expectation_failed", "What the Expect header asks for is not done here."),
    422: ("invalid", errors.Invalid.title),
    429: ("too_many_requests", errors.TooMany.title),
    431: ("headers_too_large", "There are too many headers, or one is too long."),
    500: ("internal_error", "Something broke on our side; it has been noted."),
    503: ("unavailable", errors.Unavailable.title),
}


def title_of(status: int) -> tuple[str, str]:
    """Return code and title of a status; of one that is not listed, those of its class."""
    return TITLES.get(status, TITLES[500] if status >= 500 else TITLES[400])
