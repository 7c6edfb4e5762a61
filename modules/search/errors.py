"""What search refuses."""

from modules.kernel.errors import InputError, Invalid


class QueryRefused(Invalid):
    """The base of what is refused of a query: it points at the parameter."""

    def __init__(self) -> None:
        """Say what to do about it."""
        super().__init__(errors=[InputError(None, self.code, self.title, parameter="q")])


class NothingToLookFor(QueryRefused):
    """There is no word in it, or none that is to be there."""

    code = "nothing_to_look_for"
    title = "Send at least one word, tag or `from:username` to look for."


class TooManyTerms(QueryRefused):
    """It has more words than one search may."""

    code = "too_many_terms"
    title = "Send at most 10 words, phrases and tags."


class PrefixTooShort(QueryRefused):
    """Too many words begin like this."""

    code = "prefix_too_short"
    title = "Send at least 2 letters before a `*`."


class SeveralAuthors(QueryRefused):
    """No post is by two people."""

    code = "several_authors"
    title = "Send at most one `from:username`."
