"""An app that is deleted while something is given to it: it hears so, whichever comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.db import connections

from modules.accounts.services.apps import delete_app
from modules.accounts.services.token_families import withdraw_consent
from modules.kernel import clock
from sharding.scope import writing_directory
from tests.accounts.kit import SCOPES, asking, consent, fetch, hidden, make_app, refresh
from tests.kit.machines import until

pytestmark = pytest.mark.django_db

Act = Callable[[], Any]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def somebody_waits() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        row = cursor.fetchone()
    return row is not None and row[0] > 0


def leaving(act: Act) -> Act:
    """Have an act of another thread close what it has opened."""

    def act_and_leave() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    return act_and_leave


def during_deletion(pool: ThreadPoolExecutor, app, owner_id: int, act: Act) -> Any:
    """Return what comes of an act that has to wait for a deletion that is under way."""
    with writing_directory():
        delete_app(owner_id, app.id, now=clock.now())
        coming = pool.submit(leaving(act))
        until(somebody_waits)
    return coming.result()


def together(pool: ThreadPoolExecutor, app, owner_id: int, act: Act) -> Any:
    """Return what comes of an act that begins with a deletion."""
    barrier = Barrier(2)

    def delete() -> None:
        barrier.wait()
        delete_app(owner_id, app.id, now=clock.now())

    deleting = pool.submit(leaving(delete))
    coming = pool.submit(leaving(lambda: (barrier.wait(), act())[1]))
    deleting.result()
    return coming.result()


class TestAppThatIsBeingDeleted:
    def test_is_none_to_who_brings_a_code(self, pool, app, ada, browser):
        code = consent(browser, app)["code"]

        answer = during_deletion(pool, app, ada.id, lambda: fetch(app, code=code))

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_is_none_to_who_refreshes(self, pool, app, ada, tokens):
        answer = during_deletion(pool, app, ada.id, lambda: refresh(app, tokens["refresh_token"]))

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert Token.objects.count() == 0

    def test_is_given_no_token_of_its_own(self, pool, app, ada):
        answer = during_deletion(
            pool, app, ada.id, lambda: fetch(app, grant_type="client_credentials", redirect_uri=None)
        )

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_is_none_to_who_lets_it_in(self, pool, app, ada, browser):
        page = browser.get(asking(app)).content.decode()
        kept = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "request")}
        form = {**kept, "scopes": SCOPES.split(), "action": "grant"}

        answer = during_deletion(pool, app, ada.id, lambda: browser.post("/identity/o/authorize", form))

        assert (answer.status_code, answer.headers.get("Location")) == (400, None)
        assert "There is no such app." in answer.content.decode()

    def test_keeps_nothing_whoever_comes_first(self, pool, ada, browser):
        for _ in range(4):
            app = make_app(ada.id)
            token = fetch(app, code=consent(browser, app)["code"]).json()["refresh_token"]

            answer = together(pool, app, ada.id, partial(refresh, app, token))

            assert answer.status_code in (200, 401)
            assert Token.objects.count() == 0

    def test_and_whose_consent_is_withdrawn_meanwhile_leaves_nothing_and_locks_nobody_out(
        self, pool, app, ada, tokens
    ):
        first, _ = Token.objects.order_by("id")
        # From now on it lies behind the other, where a plain DELETE meets it later.
        first.save()

        with writing_directory():
            Token.objects.select_for_update().get(id=first.id)
            deleting = pool.submit(leaving(lambda: delete_app(ada.id, app.id, now=clock.now())))
            until(somebody_waits)
            withdraw_consent(ada.id, app.id)

        deleting.result()
        assert Token.objects.count() == 0
