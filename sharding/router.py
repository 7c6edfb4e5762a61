"""The Django router: placement first, then the row's shard, else refuse. Querysets bring their own pins."""

from typing import Any

from django.apps import apps
from django.db.models import Model

from sharding import binding, pins
from sharding.conf import settings
from sharding.errors import NoShard, Refused, WrongShard

SHARDED = pins.SHARDED
DIRECTORY = "directory"
INSTANCES = "instances"
EVERYWHERE = "everywhere"


def placement_of(model: Any) -> str:
    """
    Return where a model's rows live; models of other packages live in the directory.

    :raises Refused: for the table behind a many-to-many field of a sharded model
    """
    if model.__module__ == "__fake__":  # a migration's copy has lost its class attributes
        model = _real(model._meta.app_label, model._meta.model_name) or model
    if model._meta.auto_created and any(
        pins.is_sharded(field.related_model) for field in model._meta.fields if field.is_relation
    ):
        raise Refused(f"{model.__name__}: a many-to-many field of a sharded model has no place for its rows.")
    return getattr(model, "placement", DIRECTORY)


class ShardRouter:
    """Answers for every model, so that Django never falls back to `_state.db` or to `default`."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """Return the alias to read from."""
        placement = placement_of(model)
        if placement == SHARDED:
            return pins.read_alias(_pin(model, hints))
        return settings().directory if placement == DIRECTORY else binding.require().alias

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Return the alias to write to."""
        placement = placement_of(model)
        if placement == SHARDED:
            return pins.write_alias(_pin(model, hints))
        if placement == DIRECTORY:
            return _directory_for_write(model)
        return binding.require().alias

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """
        Allow relations within one shard and within the directory.

        Raises instead of answering no: Django would make a ValueError of it, which validators swallow.
        """
        found = {pin for row in (one, other) if (pin := pins.pin_of_row(row)) is not None}
        if pins.is_sharded(one) != pins.is_sharded(other) or len(found) > 1:
            raise WrongShard(f"{type(one).__name__} and {type(other).__name__} are not on one shard.")
        return True

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Return whether a table (or a hinted RunSQL) belongs on a database; replicas never migrate."""
        instances = settings().instances
        if db != settings().directory and db not in instances:
            return False
        placement = hints.get("placement") or _placement_in_migration(app_label, model_name)
        homes = {SHARDED: instances, INSTANCES: instances, DIRECTORY: (settings().directory,)}
        return db in homes.get(placement, (settings().directory, *instances))


def _pin(model: type[Model], hints: dict[str, Any]) -> pins.Pin:
    row = hints.get("instance")
    pin = (pins.pin_of_row(row) if row is not None else None) or pins.bound_pin()
    if pin is None:
        raise NoShard(f"{model.__name__}: nothing says where.")
    return pin


def _directory_for_write(model: type[Model]) -> str:
    bound = binding.current()
    if bound is not None and bound.shard is not None:
        raise WrongShard(f"{model.__name__} lives in the directory: it would not roll back with this shard.")
    return settings().directory


def _placement_in_migration(app_label: str, model_name: str | None) -> str:
    if model_name is not None:
        model = _real(app_label, model_name)
        return placement_of(model) if model is not None else _placement_of_app(app_label)
    return _placement_of_app(app_label)


def _placement_of_app(app_label: str) -> str:
    """What has no model (RunPython, RunSQL, a model that is gone) goes where all models of its app are."""
    try:
        found = {placement_of(model) for model in apps.get_app_config(app_label).get_models()}
    except LookupError:
        return DIRECTORY
    if len(found) > 1:
        raise Refused(f"{app_label}: say hints={{'placement': …}}; its models live in different places.")
    return found.pop() if found else DIRECTORY


def _real(app_label: str, model_name: str) -> Any:
    try:
        return apps.get_model(app_label, model_name)  # noqa: TID251
    except LookupError:
        return None
