from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.app_type import AppType
from ..models.new_app_grant_types_item import NewAppGrantTypesItem
from ..models.new_app_scopes_item import NewAppScopesItem
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewApp")


@_attrs_define
class NewApp:
    """An app to register.

    Attributes:
        name (str):
        type_ (AppType): Whether an app can keep a secret: a server can, a mobile app or a page in a browser cannot.
        redirect_uris (list[str]):
        scopes (list[NewAppScopesItem]):
        grant_types (list[NewAppGrantTypesItem]):
        post_logout_redirect_uris (list[str] | Unset): Where a log-out may lead; if none is named, to the origins of
            `redirect_uris`.
    """

    name: str
    type_: AppType
    redirect_uris: list[str]
    scopes: list[NewAppScopesItem]
    grant_types: list[NewAppGrantTypesItem]
    post_logout_redirect_uris: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_.value

        redirect_uris = self.redirect_uris

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item = scopes_item_data.value
            scopes.append(scopes_item)

        grant_types = []
        for grant_types_item_data in self.grant_types:
            grant_types_item = grant_types_item_data.value
            grant_types.append(grant_types_item)

        post_logout_redirect_uris: list[str] | Unset = UNSET
        if not isinstance(self.post_logout_redirect_uris, Unset):
            post_logout_redirect_uris = self.post_logout_redirect_uris

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "type": type_,
                "redirect_uris": redirect_uris,
                "scopes": scopes,
                "grant_types": grant_types,
            }
        )
        if post_logout_redirect_uris is not UNSET:
            field_dict["post_logout_redirect_uris"] = post_logout_redirect_uris

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        type_ = AppType(d.pop("type"))

        redirect_uris = cast(list[str], d.pop("redirect_uris"))

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = NewAppScopesItem(scopes_item_data)

            scopes.append(scopes_item)

        grant_types = []
        _grant_types = d.pop("grant_types")
        for grant_types_item_data in _grant_types:
            grant_types_item = NewAppGrantTypesItem(grant_types_item_data)

            grant_types.append(grant_types_item)

        post_logout_redirect_uris = cast(
            list[str], d.pop("post_logout_redirect_uris", UNSET)
        )

        new_app = cls(
            name=name,
            type_=type_,
            redirect_uris=redirect_uris,
            scopes=scopes,
            grant_types=grant_types,
            post_logout_redirect_uris=post_logout_redirect_uris,
        )

        return new_app
