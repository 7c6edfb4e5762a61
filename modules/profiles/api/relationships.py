"""`/v1/me/relationships`: how the caller and others stand; here it is known who may be shown."""

from typing import ClassVar

from modules.graph.public import viewer_of
from modules.graph.schemas import RelationshipPage
from modules.kernel.http import Request, View, endpoint
from modules.kernel.shapes import ByIds
from modules.profiles.selectors.users import list_relationships


class Relationships(View):
    """How the caller and other people stand."""

    tag: ClassVar[str | None] = "graph"

    @endpoint("list_relationships", scope="read:graph")
    def get(self, request: Request, query: ByIds) -> RelationshipPage:
        """
        Tell whom of these users the caller follows, blocks and mutes, and who of them follows the caller.

        They come in the order asked; those that do not exist, are closed, or block the caller, are listed in
        `missing`.
        """
        return list_relationships(query.ids, viewer=viewer_of(request.user.id))
