"""What goes in and what comes out of push, and the figures it runs by."""

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

from pydantic import Field, StringConstraints

from modules.kernel.shapes import Body, Nothing, Page, Shape, UtcDateTime

DeviceKind = Literal["web", "provider"]
# A row holds the place in here: what is new comes last.
KINDS: Final[tuple[DeviceKind, ...]] = get_args(DeviceKind)
WEB, PROVIDER = range(len(KINDS))

MAX_TARGET: Final = 2048
# A client chooses it, once for each installation.
DeviceId = Annotated[UUID, Field(examples=["018f3a5d-7c2e-7b1a-9c4d-2e6f8a0b1c3d"])]


class NewDevice(Body):
    """
    A browser or an app that the caller wants to be pushed to.

    Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of `provider`, the
    `token` that the app got from its push service.
    """

    kind: DeviceKind
    name: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="", examples=["Firefox on Linux"], description="What its user calls it."
    )
    endpoint: Annotated[str, StringConstraints(max_length=MAX_TARGET)] = Field(
        default="", examples=["https://updates.push.services.mozilla.com/wpush/v2/gAAAA"]
    )
    p256dh: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="",
        examples=["BI5TO2-gv3tGJbswZnwB-2B--fi4qA_vWzAGKHAxh7Kjc-sdveAzGDZtBp-DpvWQAFPHNjPLBBshxV4ahsH0ALQ"],
        description="The browser's public key, in base64url.",
    )
    auth: Annotated[str, StringConstraints(max_length=100)] = Field(
        default="",
        examples=["AAECAwQFBgcICQoLDA0ODw"],
        description="The secret it shares with who pushes, in base64url.",
    )
    token: Annotated[str, StringConstraints(max_length=MAX_TARGET)] = Field(
        default="", examples=[""], description="What the push service of an app has called it."
    )


class DeviceCard(Shape):
    """A browser or an app of the caller's; what it is reached by is shown to nobody."""

    id: DeviceId
    kind: DeviceKind
    name: str = Field(examples=["Firefox on Linux"])
    is_current: bool = Field(description="Whether the session that asks has registered it.")
    created_at: UtcDateTime
    used_at: UtcDateTime = Field(description="When it was last registered.")


class DevicePage(Page[DeviceCard, Nothing, Nothing]):
    """The caller's devices, the last registered first: all of them, for there are few."""


class PushKey(Shape):
    """What a client needs to know before it registers a device."""

    public_key: str | None = Field(
        description="`applicationServerKey` of browsers, in base64url; null where nothing is pushed to them.",
        examples=["BNbxGYNMhEIi9zrneh7mqV4oUanjLUK3m-mYZBc62frMKrEoMk88r3Lk596T0ck9xlT-aok0fO1KXBLV4-XqxYM"],
    )
    has_provider: bool = Field(description="Whether apps are pushed to.")


@dataclass(frozen=True, slots=True)
class PushSettings:
    """
    By which keys and servers pushes go, and the figures of it.

    `private_hosts` (`host` or `host:port`) are the push services that may have private addresses and speak
    plain HTTP; of all others an address is asked for when a connection is made. A device that could not be
    reached `most_failures` times in a row is removed: after five days at the least.
    """

    private_key: str = field(default="", repr=False)
    # Who answers for what is pushed, as push services want to know it: mailto: or https:.
    contact: str = ""
    provider_url: str = ""
    provider_secret: str = field(default="", repr=False)
    private_hosts: frozenset[str] = frozenset()
    site_name: str = "Banyan"
    most_devices: int = 20
    most_failures: int = 30
    # Of one exchange with a push service, from looking up its address to its answer.
    within_s: float = 5.0
