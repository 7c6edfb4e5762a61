import io

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from modules.accounts.selectors.reserved import is_reserved
from modules.accounts.services.reserved import release_username, reserve_username
from modules.posts.models import Post
from sharding.models import ShardedModel
from sharding.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _names_as_before(db):
    """The table is filled by a migration, so no wipe restores it."""
    yield
    release_username("first_call")
    release_username("oracle")
    reserve_username("banyan")


class TestIsReserved:
    @pytest.mark.parametrize("name", ["admin", "Admin", "adrnin", "r00t"])
    def test_knows_a_name_and_its_look_alikes(self, name):
        assert is_reserved(name)

    def test_lets_others_pass(self):
        assert not is_reserved("ada")

    def test_asks_the_database_once_until_the_table_changes(self):
        reserve_username("first_call")
        assert is_reserved("first_call")

        with count_queries() as hit:
            assert not is_reserved("oracle")
        reserve_username("oracle")
        with count_queries() as miss:
            assert is_reserved("oracle")

        assert (hit.total, miss.total) == (0, 1)


class TestReleaseUsername:
    def test_lets_a_name_be_taken_again(self):
        reserve_username("oracle")

        assert release_username("Oracle")

        assert not is_reserved("oracle")

    def test_says_when_there_was_nothing_to_release(self):
        assert not release_username("never_reserved")


class TestUsernamesCommand:
    def test_reserves_releases_and_lists(self):
        out = io.StringIO()

        call_command("usernames", reserve=["oracle"], release=["banyan"], stdout=out)

        names = out.getvalue().splitlines()
        assert "oracle" in names
        assert "banyan" not in names


class TestCachalot:
    def test_is_allowed_no_sharded_table(self):
        sharded = {model._meta.db_table for model in apps.get_models() if issubclass(model, ShardedModel)}

        assert settings.CACHALOT_ONLY_CACHABLE_TABLES & sharded == set()
        assert {"default"} == settings.CACHALOT_DATABASES

    def test_never_answers_for_a_shard(self, make_account):
        owner = make_account("ada")

        with count_queries() as reads:
            for _ in range(2):
                assert list(Post.objects.of(owner.id).on_primary()) == []

        assert reads.total == 2
