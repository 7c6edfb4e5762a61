"""`/v1/search/users`: people, by what they are called."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.limits import LimitReached
from modules.kernel.rendered import Rendered
from modules.profiles.schemas import UserPage
from modules.search.api.counted import charge_search
from modules.search.errors import NothingToLookFor, TooManyTerms
from modules.search.schemas import UserSearch
from modules.search.selectors.people import list_people


class FoundPeople(View):
    """People who are found."""

    @endpoint("search_users", public=True, refuses=(NothingToLookFor, TooManyTerms, LimitReached))
    def get(self, request: Request, query: UserSearch, paging: Paging) -> Rendered[UserPage]:
        """
        Find people by the beginnings of their names.

        Whose username it is comes first, then who is followed by most; at most 1,000 are walked. If nobody is
        called so, those come whose names are like it, on one page.
        """
        charge_search(request)
        return list_people(query.q, paging, viewer=viewer_of(request.viewer_id))
