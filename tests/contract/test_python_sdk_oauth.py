"""The Python SDK as an app of a third party that lives longer than its access token."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest

from deploy.embedded.layout import ROOT
from tests.contract.third_party import App, agree, register
from tests.kit.client import Client

sys.path.insert(0, str(ROOT / "openapi" / "sdk" / "python"))

import banyan_client as sdk
from banyan_client.generated.api.profiles import get_me

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(stack) -> Client:
    return Client(stack.run_api().url).sign_up("ada")


@pytest.fixture(params=["confidential", "public"])
def app(request, ada) -> Iterator[App]:
    grants = ["authorization_code", "refresh_token"]
    app = App(ada.url, register(ada, type=request.param, grant_types=grants))
    yield app
    app.client.close()


def hold(app: App, kept: list[sdk.Tokens]) -> sdk.OAuth:
    """Return an app's hold on Ada; its access token has ended, or was never one."""
    given = app.fetch(agree(app.ask()))
    tokens = sdk.Tokens("ended", given["refresh_token"])
    registered = app.registered
    return sdk.OAuth(registered["id"], tokens, client_secret=registered["secret"], on_renewed=kept.append)


class TestRenewal:
    def test_goes_on_with_tokens_that_the_api_gives_and_the_app_keeps(self, ada, app):
        kept: list[sdk.Tokens] = []
        banyan = sdk.Banyan(ada.url, oauth=hold(app, kept))

        names = [get_me.sync(client=banyan.api).data.username for _ in range(2)]

        assert (names, len(kept)) == (["ada", "ada"], 1)
        assert app.status(kept[0].access_token) == 200
        banyan.close()

        again = sdk.Banyan(ada.url, oauth=sdk.OAuth(app.registered["id"], kept[0]))
        assert get_me.sync(client=again.api).data.username == "ada"
        again.close()

    def test_is_once_for_all_tasks(self, ada, app):
        kept: list[sdk.Tokens] = []

        async def run() -> list[str]:
            banyan = sdk.AsyncBanyan(ada.url, oauth=hold(app, kept))
            try:
                found = await asyncio.gather(*(get_me.asyncio(client=banyan.api) for _ in range(4)))
                return [me.data.username for me in found]
            finally:
                await banyan.close()

        assert asyncio.run(run()) == ["ada"] * 4
        assert len(kept) == 1
