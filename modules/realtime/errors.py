"""What realtime refuses, in frames."""

from modules.kernel.errors import BadRequest, Forbidden, Invalid


class FrameInvalid(BadRequest):
    """What was sent is no frame."""

    code = "frame_invalid"
    title = "Send text: a JSON object with `op`, one of `sub`, `unsub` and `ping`."


class TopicUnknown(Invalid):
    """There is no such topic."""

    code = "topic_unknown"
    title = (
        "Topics are `timeline:home`, `post:` with the id of a post, `tag:` with a tag, and `ops`;"
        " `me` is told without being asked."
    )


class TooManyTopics(Invalid):
    """A socket has as many topics as it may."""

    code = "too_many_topics"
    title = "This socket listens to as many topics as it may; leave one first."


class TopicRefused(Forbidden):
    """The credentials do not reach a topic."""

    code = "topic_refused"
    title = "Your credentials lack the scope or the role that this topic needs."
