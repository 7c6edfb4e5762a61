"""What goes wrong between two sides, planted: each between a follower on `a` and a followee on `b`."""

from __future__ import annotations

from collections.abc import Callable

from modules.graph.services.blocks import block
from tests.kit.audits import run_sql
from tests.kit.delivery import drain
from tests.kit.people import NOON, Person

Plant = Callable[[Person, Person], None]


def lose_the_mirror(ada: Person, grace: Person) -> None:
    run_sql("b", "DELETE FROM graph_followin WHERE user_id = %s AND follower_id = %s", grace.id, ada.id)


def end_the_mirror_later(ada: Person, grace: Person) -> None:
    """As after a restore of the follower's instance to before they had unfollowed."""
    pair = "user_id = %s AND follower_id = %s"
    run_sql("b", f"UPDATE graph_followin SET is_active = false WHERE {pair}", grace.id, ada.id)


def lose_the_edge(ada: Person, grace: Person) -> None:
    run_sql("a", "DELETE FROM graph_followout WHERE user_id = %s AND target_id = %s", ada.id, grace.id)


def hide_at_the_followee(ada: Person, grace: Person) -> None:
    pair = "user_id = %s AND follower_id = %s"
    run_sql(
        "b", f"UPDATE graph_followin SET is_hidden = true, status_version = 7 WHERE {pair}", grace.id, ada.id
    )


def hide_at_the_follower(ada: Person, grace: Person) -> None:
    pair = "user_id = %s AND target_id = %s"
    run_sql(
        "a", f"UPDATE graph_followout SET is_hidden = true, status_version = 7 WHERE {pair}", ada.id, grace.id
    )


def miscount(ada: Person, grace: Person) -> None:
    run_sql("b", "UPDATE graph_followcount SET followers = 9 WHERE user_id = %s", grace.id)


def miscount_requests(ada: Person, grace: Person) -> None:
    run_sql("a", "UPDATE graph_followcount SET requested = 9 WHERE user_id = %s", ada.id)


def lose_the_consent(ada: Person, grace: Person) -> None:
    """As after a restore of the follower's instance to before their request was accepted."""
    pair = "user_id = %s AND target_id = %s"
    run_sql("a", f"UPDATE graph_followout SET is_requested = true WHERE {pair}", ada.id, grace.id)


def forget_the_consent(ada: Person, grace: Person) -> None:
    """As after a restore of the followee's: who follows has been accepted."""
    pair = "user_id = %s AND follower_id = %s"
    states = "is_active = false, is_requested = true"
    run_sql("b", f"UPDATE graph_followin SET {states} WHERE {pair}", grace.id, ada.id)


def lose_the_refusal(ada: Person, grace: Person) -> None:
    """As after a restore of the follower's instance to before they were removed."""
    pair = "user_id = %s AND follower_id = %s"
    states = "is_active = false, is_refused = true"
    run_sql("b", f"UPDATE graph_followin SET {states} WHERE {pair}", grace.id, ada.id)


def lose_the_request(ada: Person, grace: Person) -> None:
    """The request stands at whom it asks, and whoever made it knows nothing of it."""
    forget_the_consent(ada, grace)
    lose_the_edge(ada, grace)


def miscount_posts(ada: Person, grace: Person) -> None:
    run_sql("a", "UPDATE posts_authorcount SET posts = 9 WHERE author_id = %s", ada.id)


def think_closed(ada: Person, grace: Person) -> None:
    run_sql(
        "b", "UPDATE graph_followcount SET is_closed = true, status_version = 1 WHERE user_id = %s", grace.id
    )


def lose_the_profile(ada: Person, grace: Person) -> None:
    run_sql("b", "DELETE FROM profiles_profile WHERE user_id = %s", grace.id)


def hide_the_profile(ada: Person, grace: Person) -> None:
    run_sql("b", "UPDATE profiles_profile SET status = 2 WHERE user_id = %s", grace.id)


def blocking(ada: Person, grace: Person) -> None:
    block(ada.id, grace.id, now=NOON)
    drain()


def lose_the_mirror_of_a_block(ada: Person, grace: Person) -> None:
    blocking(ada, grace)
    run_sql("b", "DELETE FROM graph_blockin WHERE user_id = %s AND blocker_id = %s", grace.id, ada.id)


def end_the_mirror_of_a_block_later(ada: Person, grace: Person) -> None:
    """As after a restore of the blocker's instance to before they had unblocked."""
    blocking(ada, grace)
    pair = "user_id = %s AND blocker_id = %s"
    run_sql("b", f"UPDATE graph_blockin SET is_active = false WHERE {pair}", grace.id, ada.id)


def lose_a_block(ada: Person, grace: Person) -> None:
    blocking(ada, grace)
    run_sql("a", "DELETE FROM graph_blockout WHERE user_id = %s AND target_id = %s", ada.id, grace.id)


def follow_in_spite_of_a_block(ada: Person, grace: Person) -> None:
    blocking(ada, grace)
    insert = "INSERT INTO graph_followout (user_id, target_id, edge_id) VALUES (%s, %s, 1)"
    run_sql("b", insert, grace.id, ada.id)
    run_sql("b", "UPDATE graph_followcount SET following = following + 1 WHERE user_id = %s", grace.id)


def _one(statement: str, key: str, where: str = "true", *, order: str = "") -> str:
    """Return a statement of one row of its table: the first that is so."""
    table = statement.split()[2 if statement.startswith("DELETE") else 1]
    first = (
        f"SELECT {key} FROM {table} WHERE {where} ORDER BY {key.replace(',', f' {order},')} {order} LIMIT 1"
    )
    return f"{statement} WHERE ({key}) = ({first})"


# By audit, what plants a difference wherever there are rows; of each other they touch little, so that all can
# be planted at once. None of `profiles.profiles`: a profile without an account is what no program can mend.
ONE_OF_EACH = {
    "graph.blocks": _one("DELETE FROM graph_blockin", "user_id, blocker_id", "is_active"),
    "graph.counts": _one("UPDATE graph_followcount SET following = 77", "user_id"),
    "graph.followers": _one(
        "DELETE FROM graph_followout", "user_id, target_id", "NOT is_requested", order="DESC"
    ),
    "graph.following": _one("DELETE FROM graph_followin", "user_id, follower_id", "is_active"),
    "graph.statuses": _one("UPDATE graph_followcount SET is_closed = true, status_version = 99", "user_id"),
    "notifications.counts": _one("UPDATE notifications_inbox SET unread = 77", "user_id"),
    "posts.bookmark_counts": _one("UPDATE posts_markcount SET bookmarks = 77", "user_id"),
    "posts.counts": _one("UPDATE posts_authorcount SET posts = 77", "author_id"),
    "posts.link_counts": _one("UPDATE posts_postcount SET replies = 77", "post_id"),
    "posts.link_mirrors": _one("DELETE FROM posts_post", "id", "kind = 2 AND deleted_at IS NULL"),
    "posts.links": _one("DELETE FROM posts_share", "post_id", "kind = 1 AND is_active"),
    "posts.reaction_counts": _one("UPDATE posts_postcount SET reactions = '{\"like\": 77}'", "post_id"),
    "posts.reactions": _one("DELETE FROM posts_reactionin", "post_id, user_id", "is_active"),
    "posts.reactions_received": _one("DELETE FROM posts_reactionout", "post_id, user_id", order="DESC"),
    "posts.tag_counts": _one("UPDATE posts_tag SET kept = 77", "tag_id"),
    "posts.tag_lists": _one("UPDATE posts_post SET entities = '[]'", "id", "entities::text <> '[]'"),
    "posts.tags": _one("DELETE FROM posts_tagpost", "tag_id, post_id", "is_active", order="DESC"),
    "profiles.accounts": _one("DELETE FROM profiles_profile", "user_id"),
    "search.people": _one("UPDATE search_foundperson SET username = 'nobody'", "user_id", order="DESC"),
}
