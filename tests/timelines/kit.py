"""A reader's home, page by page."""

from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.timelines import public as timelines
from tests.kit.pages import ids_of


def follow(reader, *authors):
    for author in authors:
        graph.follow(reader.id, author.id)


def read_ids(reader, *, limit=20):
    """Return the posts of all pages, page by page."""
    pages, paging = [], Paging.first(limit)
    while True:
        page = timelines.get_home(graph.viewer_of(reader.id), paging)
        pages.append(ids_of(page))
        if page.next is None:
            return pages
        paging = paging.at(page.next)


def flat(pages):
    return [id for page in pages for id in page]
