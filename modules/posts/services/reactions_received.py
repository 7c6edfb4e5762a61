"""The post's side of reactions: a mirror and its count, written after the news of them."""

from modules.posts.models import Post, PostCount, ReactionIn
from sharding.scope import Once, writing_for


def receive_reaction(post_id: int, user_id: int, type: str, *, edge_id: int, once: Once) -> None:
    """Mirror a reaction with its count on the post's shard; news older than what is known is ignored."""
    _mirror(ReactionIn(post_id=post_id, user_id=user_id, type=type, edge_id=edge_id, is_active=True), once)


def receive_removal(post_id: int, user_id: int, type: str, *, edge_id: int, once: Once) -> None:
    """Mirror the end of a reaction, leaving a tombstone; news older than what is known is ignored."""
    _mirror(ReactionIn(post_id=post_id, user_id=user_id, type=type, edge_id=edge_id, is_active=False), once)


def lock_post_count(post_id: int) -> PostCount:
    """
    Return what is counted of a post, locked until the transaction ends; made if it is missing.

    Inside `writing_for(post_id)`, or for its author. With the lock held nobody else changes what is counted.
    """
    counts = PostCount.objects.of(post_id).select_for_update()
    return counts.get_or_create(post_id=post_id)[0]


def _mirror(reaction: ReactionIn, once: Once) -> None:
    """Bring one reaction and its count to a newer state, in one transaction, once per event."""
    with writing_for(reaction.post_id, once=once):
        # Of a post that was deleted meanwhile nothing is counted; what was stays until it is purged.
        if Post.objects.filter(id=reaction.post_id, deleted_at=None).exists():
            _apply(reaction)


def _apply(reaction: ReactionIn) -> None:
    count = lock_post_count(reaction.post_id)
    key = {"type": reaction.type, "user_id": reaction.user_id}
    known = ReactionIn.objects.of(reaction.post_id).filter(**key).first()
    if known is not None and known.age >= reaction.age:
        return
    _keep(reaction, is_known=known is not None)
    was_active = known is not None and known.is_active
    if change := int(reaction.is_active) - int(was_active):
        _count(count, reaction.type, change)


def _keep(reaction: ReactionIn, *, is_known: bool) -> None:
    key = {"type": reaction.type, "user_id": reaction.user_id}
    state = {"edge_id": reaction.edge_id, "is_active": reaction.is_active}
    if is_known:
        ReactionIn.objects.of(reaction.post_id).filter(**key).update(**state)
    else:
        ReactionIn.objects.create(post_id=reaction.post_id, **key, **state)


def _count(count: PostCount, type: str, change: int) -> None:
    """Count under the lock that is held; a type of which none is left is no longer named."""
    reactions = {**count.reactions, type: count.reactions.get(type, 0) + change}
    left = {name: number for name, number in reactions.items() if number}
    PostCount.objects.of(count.post_id).update(reactions=left, version=count.version + 1)
