"""What people do, each by the request that does it, with the answer it ought to get and what is so then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from modules.accounts import public as accounts
from modules.kernel import clock
from tests.histories.facts import Follow, Post
from tests.histories.town import Town
from tests.kit.people import NOON


def follow(town: Town, actor: int, other: int, reposts: bool | None = None) -> None:
    facts, edge = town.facts, town.facts.follows.get((actor, other))
    body = None if reposts is None else {"reposts": reposts}
    status = _refusal(town, actor, other)
    if status == 200 and (actor, other) in facts.blocks:
        status = 403
    if status == 200 and other in facts.private and (edge is None or edge.is_requested):
        status = 202
    _send(town, actor, "PUT", f"/v1/me/following/{other}", body, status=status)
    if status > 202:
        return
    if edge is None or (edge.is_requested and status == 200):
        # A newer edge, in place of a request too.
        facts.follows.pop((actor, other), None)
        shows = edge.shows_reposts if edge else True
        edge = facts.follows[actor, other] = Follow(status == 202, shows)
    if reposts is not None:
        edge.shows_reposts = reposts


def set_options(town: Town, actor: int, other: int, reposts: bool) -> None:
    edge = town.facts.follows.get((actor, other))
    _send(
        town, actor, "PATCH", f"/v1/me/following/{other}", {"reposts": reposts}, status=200 if edge else 404
    )
    if edge:
        edge.shows_reposts = reposts


def unfollow(town: Town, actor: int, other: int) -> None:
    _send(town, actor, "DELETE", f"/v1/me/following/{other}")
    town.facts.follows.pop((actor, other), None)


def accept(town: Town, actor: int, other: int) -> None:
    edge = town.facts.follows.get((other, actor))
    status = 200 if edge and town.is_open(other) else 404
    _send(town, actor, "PUT", f"/v1/me/follow-requests/{other}", status=status)
    if edge and status == 200:
        edge.is_requested = False


def reject(town: Town, actor: int, other: int) -> None:
    edge = town.facts.follows.get((other, actor))
    status = 204 if edge and edge.is_requested and town.is_open(other) else 404
    _send(town, actor, "DELETE", f"/v1/me/follow-requests/{other}", status=status)
    if status == 204:
        del town.facts.follows[other, actor]


def remove_follower(town: Town, actor: int, other: int) -> None:
    _send(town, actor, "DELETE", f"/v1/me/followers/{other}")
    if town.rules.follows(other, actor):
        del town.facts.follows[other, actor]


def block(town: Town, actor: int, other: int) -> None:
    # Whoever is blocked may block as well: else the end of the one block would leave the other unprotected.
    status = 422 if actor == other else 200 if town.is_open(other) else 404
    _send(town, actor, "PUT", f"/v1/me/blocks/{other}", status=status)
    if status == 200 and (actor, other) not in town.facts.blocks:
        town.facts.blocks[actor, other] = None
        town.facts.end_edges(actor, other)


def unblock(town: Town, actor: int, other: int) -> None:
    _send(town, actor, "DELETE", f"/v1/me/blocks/{other}")
    town.facts.blocks.pop((actor, other), None)


def mute(town: Town, actor: int, other: int, hours: int = 0) -> None:
    until = clock.now() + timedelta(hours=hours) if hours else None
    body = {"expires_at": until.isoformat()} if until else None
    status = _refusal(town, actor, other)
    _send(town, actor, "PUT", f"/v1/me/mutes/{other}", body, status=status)
    if status == 200:
        if not town.rules.mutes(actor, other):
            town.facts.mutes.pop((actor, other), None)
        town.facts.mutes[actor, other] = until


def unmute(town: Town, actor: int, other: int) -> None:
    _send(town, actor, "DELETE", f"/v1/me/mutes/{other}")
    town.facts.mutes.pop((actor, other), None)


def publish(town: Town, actor: int, audience: str, mentioned: frozenset[int]) -> None:
    _publish(town, actor, Post(0, actor, audience=audience, mentioned=mentioned), {})


def reply(town: Town, actor: int, parent: Post, audience: str) -> None:
    status = _visible(town, actor, parent)
    root_author = parent.root.author
    if (
        status == 200
        and root_author not in (actor, parent.author)
        and not town.rules.sees(actor, root_author)
    ):
        status = 403
    new = Post(0, actor, audience=audience, mentioned=frozenset([parent.author]), parent=parent)
    _publish(town, actor, new, {"reply_to": parent.id}, status=201 if status == 200 else status)


def quote(town: Town, actor: int, original: Post) -> None:
    status = _visible(town, actor, original)
    if status == 200 and not town.rules.shows(None, original):
        status = 403
    new = Post(0, actor, original=original)
    _publish(town, actor, new, {"quote_of": original.id}, status=201 if status == 200 else status)


def repost(town: Town, actor: int, post: Post) -> None:
    original = post.original if post.is_repost and post.original else post
    status = 404
    if town.rules.shows(actor, post):
        status = 200 if town.rules.shows(None, original) else 403
    answer = _send(town, actor, "PUT", f"/v1/posts/{post.id}/repost", status=status)
    if status == 200 and _find_repost(town, actor, original) is None:
        id = int(answer.body["id"])
        town.facts.posts[id] = Post(id, actor, original=original, is_repost=True)


def remove_repost(town: Town, actor: int, post: Post) -> None:
    original = post.original if post.is_repost and post.original else post
    _send(town, actor, "DELETE", f"/v1/posts/{original.id}/repost")
    if made := _find_repost(town, actor, original):
        made.is_deleted = True


def edit(town: Town, actor: int, post: Post, audience: str | None, mentioned: frozenset[int]) -> None:
    """Edit a text, or an audience alone if nobody is mentioned."""
    body: dict[str, Any] = {"audience": audience} if audience else {}
    if mentioned or not body:
        body["text"] = town.say(mentioned)
    status = _own(town, actor, post)
    if status == 204:
        status = 404 if post.is_deleted else 422 if post.is_repost else 200
    _send(town, actor, "PATCH", f"/v1/posts/{post.id}", body, status=status)
    if status == 200:
        post.audience = audience or post.audience
        if "text" in body:
            post.before.append(post.text)
            post.text = body["text"]
            post.mentioned = frozenset(id for id in mentioned if town.is_open(id) or id in post.mentioned)


def delete(town: Town, actor: int, post: Post) -> None:
    status = _own(town, actor, post)
    _send(town, actor, "DELETE", f"/v1/posts/{post.id}", status=status)
    post.is_deleted |= status == 204


def react(town: Town, actor: int, post: Post) -> None:
    status = _visible(town, actor, post)
    _send(town, actor, "PUT", f"/v1/posts/{post.id}/reactions/like", status=204 if status == 200 else status)
    if status == 200:
        town.facts.reactions.setdefault((actor, post.id))


def unreact(town: Town, actor: int, post: Post) -> None:
    _send(town, actor, "DELETE", f"/v1/posts/{post.id}/reactions/like")
    town.facts.reactions.pop((actor, post.id), None)


def bookmark(town: Town, actor: int, post: Post) -> None:
    status = _visible(town, actor, post)
    _send(town, actor, "PUT", f"/v1/me/bookmarks/{post.id}", status=204 if status == 200 else status)
    if status == 200:
        town.facts.bookmarks.setdefault((actor, post.id))


def remove_bookmark(town: Town, actor: int, post: Post) -> None:
    _send(town, actor, "DELETE", f"/v1/me/bookmarks/{post.id}")
    town.facts.bookmarks.pop((actor, post.id), None)


def go_private(town: Town, actor: int) -> None:
    _send(town, actor, "PATCH", "/v1/me", {"is_private": True}, status=200, If_Match="*")
    town.facts.private.add(actor)


def go_public(town: Town, actor: int, pending: str) -> None:
    body = {"is_private": False, "pending": pending}
    _send(town, actor, "PATCH", "/v1/me", body, status=200, If_Match="*")
    town.facts.private.discard(actor)
    asking = [pair for pair, edge in town.facts.follows.items() if pair[1] == actor and edge.is_requested]
    for pair in asking:
        if pending == "accept":
            town.facts.follows[pair].is_requested = False
        elif pending == "reject":
            del town.facts.follows[pair]


def close(town: Town, actor: int) -> None:
    _send(town, actor, "DELETE", f"/v1/me?confirm={town.names[actor]}", status=200)
    town.facts.closed.setdefault(actor, set()).add("deleted")
    town.sign_out(actor)


def reopen(town: Town, actor: int) -> None:
    accounts.cancel_deletion(actor)
    town.facts.closed.get(actor, set()).discard("deleted")
    town.sign_out(actor)


def suspend(town: Town, actor: int) -> None:
    accounts.suspend_account(actor, now=NOON)
    town.facts.closed.setdefault(actor, set()).add("suspended")
    town.sign_out(actor)


def restore(town: Town, actor: int) -> None:
    accounts.restore_account(actor)
    town.facts.closed.get(actor, set()).discard("suspended")
    town.sign_out(actor)


def add_member(town: Town, actor: int, other: int) -> None:
    if actor not in town.facts.lists:
        answer = _send(town, actor, "POST", "/v1/me/lists", {"name": "Friends"}, status=201)
        town.facts.lists[actor] = int(answer.body["id"])
    status = 204 if town.rules.sees(actor, other) else 404
    path = f"/v1/me/lists/{town.facts.lists[actor]}/members/{other}"
    _send(town, actor, "PUT", path, status=status)
    if status == 204:
        town.facts.members.setdefault((actor, other))


def remove_member(town: Town, actor: int, other: int) -> None:
    if list_id := town.facts.lists.get(actor):
        _send(town, actor, "DELETE", f"/v1/me/lists/{list_id}/members/{other}")
        town.facts.members.pop((actor, other), None)


def _send(
    town: Town, actor: int, method: str, path: str, body: Any = None, *, status: int = 204, **headers: str
) -> Any:
    answer = town.ask(actor, method, path, body, **headers)
    assert answer.status == status, (method, path, body, answer.status, status, answer.body)
    return answer


def _refusal(town: Town, actor: int, other: int) -> int:
    """Return what asking something of another is answered; of whoever blocks one, as of nobody."""
    if actor == other:
        return 422
    return 200 if town.is_open(other) and (other, actor) not in town.facts.blocks else 404


def _visible(town: Town, actor: int, post: Post) -> int:
    """Return what doing something to a post is answered."""
    if not town.rules.shows(actor, post):
        return 404
    return 422 if post.is_repost else 200


def _own(town: Town, actor: int, post: Post) -> int:
    if post.author == actor:
        return 204
    return 403 if town.rules.shows(actor, post) else 404


def _publish(town: Town, actor: int, new: Post, links: dict[str, int], *, status: int = 201) -> None:
    new.text = town.say(new.mentioned)
    new.mentioned = frozenset(id for id in new.mentioned if town.is_open(id))
    body = {"text": new.text, "audience": new.audience, **{name: str(id) for name, id in links.items()}}
    answer = _send(town, actor, "POST", "/v1/posts", body, status=status)
    if status == 201:
        new.id = int(answer.body["id"])
        town.facts.posts[new.id] = new


def _find_repost(town: Town, actor: int, original: Post) -> Post | None:
    made = (post for post in town.facts.newest() if post.is_repost and post.author == actor)
    return next((post for post in made if post.original is original), None)
