from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from sharding import freshness
from sharding.scope import writing_for
from tests.kit.wipe import Wiper
from tests.sharding.app.models import Note
from tests.sharding.people import ADA, ADAM, BOB, FAY


@pytest.fixture(autouse=True)
def _own_marks() -> None:
    """Each test starts as a caller of its own, who has written nothing."""
    freshness.begin()
    freshness.forget_replicas()


@pytest.fixture
def notes(db: None) -> dict[str, Note]:
    """Two notes of Ada's; one of her shard's neighbor, one of Bob's, one of Fay's on b."""
    return write_notes()


@pytest.fixture(scope="class")
def notes_for_all(
    django_db_setup: None, wiper: Wiper, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Note]]:
    """The same notes, once for a class whose tests change nothing: the suite would take minutes otherwise."""
    with django_db_blocker.unblock():
        yield write_notes()
        wiper.wipe()


def write_notes() -> dict[str, Note]:
    made = {}
    for name, owner in {"ada": ADA, "ada2": ADA, "adam": ADAM, "bob": BOB, "fay": FAY}.items():
        with writing_for(owner):
            made[name] = Note.objects.create(author_id=owner, text="two" if name == "ada2" else "one")
    return made
