"""`/v1/timelines/tags/{tag}`."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.public import TagInvalid, read_tag
from modules.posts.schemas import PostPage, TagName
from modules.timelines.selectors.tag_timeline import get_tag_timeline


class TagTimeline(View):
    """The posts of a tag."""

    @endpoint("get_tag_timeline", public=True, refuses=(TagInvalid,))
    def get(self, request: Request, tag: TagName, paging: Paging) -> Rendered[PostPage]:
        """
        Read the public posts that have a tag, newest first: the newest 10,000 at least.

        However the tag is written, its canonical form is meant. One that nobody has used has an empty
        timeline; what no text could have as a tag is refused. Replies are among the posts; those of people
        whom the caller mutes are left out.
        """
        return get_tag_timeline(read_tag(tag), paging, viewer=viewer_of(request.viewer_id))
