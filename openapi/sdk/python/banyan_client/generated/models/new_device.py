from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.new_device_kind import NewDeviceKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewDevice")


@_attrs_define
class NewDevice:
    """A browser or an app that the caller wants to be pushed to.

    Of `web`, `endpoint`, `p256dh` and `auth` as the browser's `PushSubscription` has them; of `provider`, the
    `token` that the app got from its push service.

        Attributes:
            kind (NewDeviceKind):
            name (str | Unset): What its user calls it. Default: ''.
            endpoint (str | Unset):  Default: ''.
            p256dh (str | Unset): The browser's public key, in base64url. Default: ''.
            auth (str | Unset): The secret it shares with who pushes, in base64url. Default: ''.
            token (str | Unset): What the push service of an app has called it. Default: ''.
    """

    kind: NewDeviceKind
    name: str | Unset = ""
    endpoint: str | Unset = ""
    p256dh: str | Unset = ""
    auth: str | Unset = ""
    token: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        name = self.name

        endpoint = self.endpoint

        p256dh = self.p256dh

        auth = self.auth

        token = self.token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if endpoint is not UNSET:
            field_dict["endpoint"] = endpoint
        if p256dh is not UNSET:
            field_dict["p256dh"] = p256dh
        if auth is not UNSET:
            field_dict["auth"] = auth
        if token is not UNSET:
            field_dict["token"] = token

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = NewDeviceKind(d.pop("kind"))

        name = d.pop("name", UNSET)

        endpoint = d.pop("endpoint", UNSET)

        p256dh = d.pop("p256dh", UNSET)

        auth = d.pop("auth", UNSET)

        token = d.pop("token", UNSET)

        new_device = cls(
            kind=kind,
            name=name,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            token=token,
        )

        return new_device
