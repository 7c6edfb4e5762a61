"""`/v1/search/posts`: what people wrote, by its words."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.limits import LimitReached
from modules.kernel.rendered import Rendered
from modules.search.api.counted import charge_search
from modules.search.errors import NothingToLookFor, PrefixTooShort, SeveralAuthors, TooManyTerms
from modules.search.schemas import PostSearch, PostSearchPage
from modules.search.selectors.posts import list_posts


class FoundPosts(View):
    """Posts that are found."""

    @endpoint(
        "search_posts",
        scope="read:search",
        refuses=(NothingToLookFor, TooManyTerms, PrefixTooShort, SeveralAuthors, LimitReached),
    )
    def get(self, request: Request, query: PostSearch, paging: Paging) -> Rendered[PostSearchPage]:
        """
        Find posts by their words, newest first.

        Of what the caller may see now, at most 1,000 posts deep. Words are compared without case and accents,
        and no language is presumed: other forms of a word are found by `begin*`. In scripts that are written
        without spaces any part of a text is found. If a part of the service does not answer within 0.3
        seconds, the page is `partial`, and `coverage.missing` names it.
        """
        charge_search(request)
        return list_posts(query.q, paging, viewer=viewer_of(request.user.id))
