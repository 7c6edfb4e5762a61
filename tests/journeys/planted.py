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
