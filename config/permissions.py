"""Denied unless an endpoint says otherwise."""

from typing import Any

from rest_framework.permissions import BasePermission


class DenyAll(BasePermission):
    """What guards a DRF view that is not one of ours: nobody may."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return False."""
        return False
