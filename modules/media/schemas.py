"""What goes in and what comes out of media, and the figures they run by."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field

from modules.kernel.card_layout import Layout
from modules.kernel.shapes import Body, Id, Shape, UtcDateTime
from modules.kernel.text import PlainText

MediaType = Literal[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "video/mp4",
    "video/webm",
    "video/quicktime",
]
VIDEO_TYPES = frozenset(type for type in get_args(MediaType) if type.startswith("video/"))
# A row and the head of a card hold the place in the list.
Kind = Literal["image", "video"]
KINDS: tuple[Kind, ...] = get_args(Kind)
IMAGE, VIDEO = range(2)
State = Literal["awaiting", "processing", "ready", "failed"]
STATES: tuple[State, ...] = get_args(State)
AWAITING, PROCESSING, READY, FAILED = range(4)
Purpose = Literal["post", "avatar", "cover"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
FOR_POST, FOR_AVATAR, FOR_COVER = range(3)
# How many a post may have.
MAX_ATTACHED = 10

AltText = Annotated[
    str,
    PlainText(0, 1500),
    Field(description="What can be seen or heard, for people who cannot.", examples=["A red oak in the fog"]),
]
PurposeField = Annotated[
    Purpose,
    Field(
        description="What posts show is for whoever may see the post, by addresses that end within the hour; "
        "avatars and covers are for everybody, by addresses that stay."
    ),
]
StateField = Annotated[
    State,
    Field(
        description="`awaiting` its upload, `processing`, `ready` to be shown, or `failed` for good.",
        examples=["ready"],
    ),
]


class NewFocus(Body):
    """What should stay visible where a picture is cut: from 0, left or top, to 1, right or bottom."""

    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]


def _nothing() -> Any:
    return None


class NewMedia(Body):
    """A file that is about to be uploaded."""

    type: Annotated[MediaType, Field(description="Its media type.", examples=["image/jpeg"])]
    bytes: Annotated[int, Field(ge=1, description="Its size, which the upload may not exceed.")]
    purpose: PurposeField = "post"
    alt: AltText = ""
    # Absent or an object: generators cannot write a body with a choice in it.
    focus: NewFocus = Field(default_factory=_nothing)
    sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="The SHA-256 of the file in hex: what arrives otherwise fails.",
        examples=[None],
    )


class EditMedia(Body):
    """What to change of one's own media; what is left out stays as it is."""

    # The factories are never asked for a value: only what was sent is applied. They keep defaults, which
    # would be a lie here, out of the schema.
    alt: AltText = Field(default_factory=str)
    focus: NewFocus = Field(default_factory=_nothing)


class UploadStatus(Body):
    """That an upload came to its end."""

    status: Literal["complete"]


class Focus(Shape):
    """What should stay visible where a picture is cut: from 0, left or top, to 1, right or bottom."""

    x: float
    y: float


class MediaVariant(Shape):
    """One file of it. Its content never changes under its address."""

    name: str = Field(
        description="`thumb`, `feed` and `full` of an image, `original` of a video.", examples=["feed"]
    )
    type: str = Field(examples=["image/webp"])
    width: int | None
    height: int | None
    bytes: int
    url: str = Field(
        description="Where it is. Of a post's media the address ends between 30 and 60 minutes from now: "
        "read the post again for a new one.",
        examples=["https://media.example.org/media/12/1/feed.webp?X-Amz-Signature=…"],
    )


class MediaCard(Shape):
    """An image or a video as everyone sees it who may see what it belongs to."""

    id: Id
    kind: Kind = Field(examples=["image"])
    state: StateField
    type: str = Field(description="The media type of what was uploaded.", examples=["image/jpeg"])
    width: int | None = Field(description="In pixels, once it is known.", examples=[1600])
    height: int | None = Field(examples=[1200])
    blurhash: str | None = Field(description="A blur to show meanwhile; see blurha.sh.", examples=[None])
    alt: str
    focus: Focus | None = Field(examples=[None])
    variants: list[MediaVariant] = Field(description="Its files; none before it is ready.", examples=[[]])


class OwnMedia(MediaCard):
    """An image or a video as its owner sees it."""

    purpose: Purpose
    bytes: int = Field(description="The size of what was uploaded, as it was announced until then.")
    reason: str | None = Field(description="Why it failed, as a code, or null.", examples=[None])
    attached_to: Id | None = Field(
        description="The post, draft or user that shows it. What nothing shows is deleted after a day.",
        examples=[None],
    )
    created_at: UtcDateTime


class Upload(Shape):
    """How to upload the file: a form of these fields, in this order, and after them the file as `file`."""

    method: Literal["POST"]
    url: str
    fields: dict[str, str]
    expires_at: UtcDateTime


class CreatedMedia(OwnMedia):
    """What was made for a file, and how to upload it."""

    upload: Upload


class Picture(Shape):
    """An avatar or a cover, for everybody; its addresses stay until another takes its place."""

    media_id: Id
    alt: str
    focus: Focus | None = Field(examples=[None])
    blurhash: str | None = Field(examples=[None])
    urls: dict[str, str] = Field(description="By size: `thumb`, `feed`, `full`.", examples=[{}])


class MediaHead(NamedTuple):
    """Whose it is; whoever may see what it is attached to may see it."""

    owner_id: int


MEDIA = "media"
MEDIA_LAYOUT = Layout(MediaHead, "q", revision=1)


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Limits of media, and who is told that files are gone; `config/settings` fills it."""

    max_image_bytes: int = 20 * 1024 * 1024
    max_video_bytes: int = 500 * 1024 * 1024
    # Where a CDN hears which addresses to forget; none without.
    purge_url: str = ""
    # Of the uploads, in seconds.
    upload_s: int = 900
