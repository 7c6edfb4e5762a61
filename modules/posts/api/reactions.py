"""`/v1/posts/{post_id}/reactions`: how people react to a post."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.errors import PostIsRepost, PostNotFound, ReactionUnknown
from modules.posts.schemas import OfType, ReactionPage, ReactionType
from modules.posts.selectors.reactions import list_reactions
from modules.posts.services.reactions import add_reaction, remove_reaction


class Reactions(View):
    """All reactions to a post."""

    @endpoint("list_reactions", public=True, refuses=(PostNotFound, ReactionUnknown))
    def get(self, request: Request, post_id: int, query: OfType, paging: Paging) -> Rendered[ReactionPage]:
        """
        List who reacted to a post, newest first.

        Reactions of people whom the caller may not see are left out: a page may be short and have a `next`.
        """
        return list_reactions(post_id, paging, type=query.type, viewer=viewer_of(request.viewer_id))


class OwnReaction(View):
    """One type of reaction of the caller to a post."""

    @endpoint("add_reaction", scope="write:posts", refuses=(PostNotFound, PostIsRepost, ReactionUnknown))
    def put(self, request: Request, post_id: int, type: ReactionType) -> None:
        """
        React to a post.

        A user has one reaction of each type; repeating it changes nothing and answers the same. It is in
        `mine` of the caller's next page, and in the post's counts within moments.
        """
        add_reaction(request.user.id, post_id, type)

    @endpoint("remove_reaction", scope="write:posts", refuses=(ReactionUnknown,))
    def delete(self, request: Request, post_id: int, type: ReactionType) -> None:
        """
        Take back one's own reaction to a post.

        Where there is none, nothing changes and the answer is the same, whatever became of the post.
        """
        remove_reaction(request.user.id, post_id, type)
