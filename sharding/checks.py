"""System checks: placement declared, fence present, relations at home."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core import checks
from django.core.checks import CheckMessage
from django.db.migrations.loader import MigrationLoader

from sharding import pins
from sharding.fence import RESTS_ON, VERSION, AddFence, UpgradeFence
from sharding.ids import ShardedIdField
from sharding.managers import ShardedManager
from sharding.querysets import ShardedQuerySet

Check = Callable[[Any], Iterable[CheckMessage]]


def _for_each_model(check: Check) -> Check:
    """Register a check that is run for each model of its own tables."""

    def run(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
        return [message for model in apps.get_models() if not model._meta.proxy for message in check(model)]

    checks.register(run)
    return check


@_for_each_model
def placement_is_declared(model: Any) -> Iterator[CheckMessage]:
    """Refuse a context's model that does not say where its rows live."""
    if model.__module__.startswith("modules.") and getattr(model, "placement", None) not in (
        "sharded",
        "directory",
    ):
        yield checks.Error(
            f"{model._meta.label} does not say where its rows live.",
            hint="Derive it from sharding.models.ShardedModel or DirectoryModel.",
            id="sharding.E001",
        )


@_for_each_model
def relations_stay_home(model: Any) -> Iterator[CheckMessage]:
    """Refuse a relation that leaves its context, for it would leave its database."""
    if not model.__module__.startswith("modules."):
        return
    for field in model._meta.get_fields():
        target = field.related_model
        if target and not field.auto_created and target._meta.app_label != model._meta.app_label:
            yield checks.Error(
                f"{model._meta.label}.{field.name} points into {target._meta.app_label}.",
                hint="Store the id and ask the other context's public.py.",
                id="sharding.E002",
            )


@_for_each_model
def sharded_relations_stay_on_the_shard(model: Any) -> Iterator[CheckMessage]:
    """Refuse relations that a shard cannot hold: many-to-many, generic, to or from another placement."""
    for field in model._meta.get_fields():
        if isinstance(field, GenericForeignKey) or field.many_to_many:
            is_wrong = pins.is_sharded(model) and not field.auto_created
        else:
            target = field.related_model if field.is_relation and not field.auto_created else None
            is_wrong = target is not None and pins.is_sharded(model) != pins.is_sharded(target)
        if is_wrong:
            yield checks.Error(
                f"{model._meta.label}.{field.name} relates rows of different databases.",
                hint="Store the id; an edge is a sharded model of its own.",
                id="sharding.E003",
            )


@_for_each_model
def owner_is_in_the_key(model: Any) -> Iterator[CheckMessage]:
    """Refuse a sharded model whose primary key does not carry the shard: nothing could route or move it."""
    if not pins.is_sharded(model):
        return
    names = {field.attname for field in model._meta.concrete_fields}
    carried = [isinstance(f, ShardedIdField) or f.attname == model.owner_key for f in model._meta.pk_fields]
    if getattr(model, "owner_key", None) not in names or not any(carried) or model._meta.parents:
        yield checks.Error(
            f"{model._meta.label} has no owner key, or a primary key that does not carry the shard.",
            hint="owner_key = a column; the key: a ShardedIdField, the owner key, or a composite with it.",
            id="sharding.E004",
        )


@_for_each_model
def managers_are_sharded(model: Any) -> Iterator[CheckMessage]:
    """Refuse a manager of a sharded model that would send its queries to `default`."""
    if not pins.is_sharded(model):
        return
    for manager in (*model._meta.managers, model._meta.base_manager):
        queryset_class = getattr(manager, "_queryset_class", object)
        if not (isinstance(manager, ShardedManager) and issubclass(queryset_class, ShardedQuerySet)):
            yield checks.Error(
                f"{model._meta.label}.{manager.name} is not a ShardedManager.",
                hint="ShardedManager.from_queryset(YourQuerySet)(), with YourQuerySet a ShardedQuerySet.",
                id="sharding.E005",
            )


@checks.register
def fences_stand(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a sharded model without a fence, one with an old fence, and a fence without what it calls."""
    loader = MigrationLoader(None)
    fences = list(_fences_of(loader))
    standing = {
        (label, fence.model_name_lower, fence.owner): fence.version
        for label, _, fence in sorted(fences, key=lambda found: found[2].version)
    }
    versions = {
        model: standing.get((*_key(model), getattr(model, "owner_key", "")), 0)
        for model in apps.get_models()
        if pins.is_sharded(model)
    }
    unfenced = [model for model, version in versions.items() if not version]
    old = [model for model, version in versions.items() if 0 < version < VERSION]
    early = {
        (f"{label}.{migration.name}", RESTS_ON[fence.version])
        for label, migration, fence in fences
        if RESTS_ON[fence.version] not in _needed(loader, label, migration)
    }
    return [*map(_no_fence, unfenced), *map(_old_fence, old), *map(_fence_too_early, sorted(early))]


def _fences_of(loader: MigrationLoader) -> Iterator[tuple[str, Any, AddFence | UpgradeFence]]:
    """Yield each operation that puts up a fence or its next version, with its app and its migration."""
    for (label, _), migration in loader.disk_migrations.items():
        for operation in migration.operations:
            if isinstance(operation, AddFence | UpgradeFence):
                yield label, migration, operation


def _key(model: Any) -> tuple[str, str]:
    return model._meta.app_label, model._meta.model_name


def _no_fence(model: Any) -> CheckMessage:
    return checks.Error(
        f"{model._meta.label} has no fence.",
        hint=f'AddFence("{model.__name__}", owner="{model.owner_key}", version={VERSION}) in its migration.',
        id="sharding.E006",
    )


def _fence_too_early(found: tuple[str, tuple[str, str]]) -> CheckMessage:
    migration, needed = found
    return checks.Error(
        f"{migration} fences before the fence's functions are there.",
        hint=f'dependencies = [("{needed[0]}", "{needed[1]}")]',
        id="sharding.E007",
    )


def _old_fence(model: Any) -> CheckMessage:
    return checks.Error(
        f"{model._meta.label} has a fence of an older version.",
        hint=f'UpgradeFence("{model.__name__}", owner="{model.owner_key}", version={VERSION}) in its app.',
        id="sharding.E008",
    )


def _needed(loader: MigrationLoader, label: str, migration: Any) -> set[tuple[str, str]]:
    return set(loader.graph.forwards_plan((label, migration.name)))
