"""`/v1/search/tags`."""

from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.posts.schemas import TagPage, TagQuery
from modules.posts.selectors.tags import search_tags
from modules.posts.services.entities import read_beginning


class TagSearch(View):
    """Tags by their beginning."""

    @endpoint("search_tags", public=True)
    def get(self, request: Request, query: TagQuery, paging: Paging) -> TagPage:
        """
        Find tags by how they begin, those of most authors first.

        A tag is found from its first use in a public post on, and 90 days after its last. Beside it stands
        how much it was used in the last 24 hours.
        """
        return search_tags(read_beginning(query.q), paging, now=clock.now())
