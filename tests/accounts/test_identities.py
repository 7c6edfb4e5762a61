"""What other contexts learn of accounts, and how they make them."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError

from modules.accounts import public as accounts
from modules.accounts.models import User
from modules.accounts.schemas import Identity
from modules.accounts.services.bulk import create_accounts_in_bulk
from sharding.ids import shard_of
from sharding.testing import count_queries
from tests.kit.delivery import announced
from tests.kit.people import NOON

pytestmark = pytest.mark.django_db


class TestCreateAccount:
    def test_returns_the_identity(self, ada):
        assert accounts.get_identity(ada.id) == ada
        assert ada == Identity(id=ada.id, username="ada", is_active=True, created_at=NOON)

    @pytest.mark.parametrize("username", ["ab", "a" * 31, "ada!", "ada\n", ""])
    def test_refuses_a_username_against_the_rule(self, db, username):
        with pytest.raises(accounts.UsernameInvalid):
            accounts.create_account(username=username, email=None, password=None, now=NOON)

        assert User.objects.count() == 0

    def test_refuses_a_taken_username(self, ada):
        with pytest.raises(accounts.UsernameTaken):
            accounts.create_account(username="ADA", email=None, password=None, now=NOON)

        assert len(announced("accounts.account_created.v1")) == 1

    def test_refuses_a_taken_address(self, ada):
        with pytest.raises(accounts.EmailTaken):
            accounts.create_account(username="bob", email="ADA@example.org", password=None, now=NOON)

        assert len(announced("accounts.account_created.v1")) == 1

    def test_makes_accounts_without_an_address(self, make_account):
        make_account("bob", email=None)
        make_account("eve", email=None)

        assert User.objects.filter(email=None).count() == 2


class TestSetPassword:
    def test_replaces_the_password(self, ada):
        accounts.set_password(ada.id, "another long walk")

        assert check_password("another long walk", User.objects.get().password)


class TestGetIdentity:
    def test_refuses_an_unknown_id(self, db):
        with pytest.raises(accounts.AccountNotFound):
            accounts.get_identity(404)


class TestMapIdentities:
    def test_leaves_unknown_ids_out(self, ada):
        assert accounts.map_identities([ada.id, 404]) == {ada.id: ada}

    @pytest.mark.parametrize("number", [5, 40])
    def test_costs_one_query_for_any_number(self, number):
        ids = create_accounts_in_bulk([f"user_{n}" for n in range(number)], now=NOON)

        with count_queries() as queries:
            identities = accounts.map_identities(ids)

        assert (len(identities), queries.by_alias) == (number, {"default": 1})


class TestFindUserId:
    @pytest.mark.parametrize("username", ["ada", "ADA"])
    def test_finds_in_any_case(self, ada, username):
        assert accounts.find_user_id(username) == ada.id

    @pytest.mark.parametrize("username", ["nobody", "", "ad\x00", "adä", "\ud800"])
    def test_finds_nobody(self, ada, username):
        assert accounts.find_user_id(username) is None

    def test_hides_locked_accounts(self, ada):
        accounts.suspend_account(ada.id, now=NOON)

        assert accounts.find_user_id("ada") is None


class TestCreateAccountsInBulk:
    def test_returns_ids_in_the_order_given(self, db):
        names = [f"user_{n}" for n in (3, 1, 2)]

        ids = accounts.create_accounts_in_bulk(names, now=NOON)

        assert [accounts.get_identity(user_id).username for user_id in ids] == names

    def test_spreads_them_over_shards(self, db):
        ids = accounts.create_accounts_in_bulk([f"user_{n}" for n in range(200)], now=NOON)

        assert len({shard_of(user_id) for user_id in ids}) > 1

    def test_keeps_the_ids_of_an_earlier_run(self, db):
        first = accounts.create_accounts_in_bulk(["ada", "bob"], now=NOON)

        again = accounts.create_accounts_in_bulk(["bob", "eve", "ada"], now=NOON)

        assert (again[0], again[2]) == (first[1], first[0])
        assert User.objects.count() == 3

    def test_announces_nothing(self):
        accounts.create_accounts_in_bulk(["ada"], now=NOON)

        assert announced("accounts.account_created.v1") == []

    def test_makes_no_password_that_matches(self, db):
        accounts.create_accounts_in_bulk(["ada"], now=NOON)

        assert not User.objects.get().has_usable_password()

    def test_refuses_a_name_against_the_rule(self, db):
        with pytest.raises(IntegrityError):
            accounts.create_accounts_in_bulk(["Ada"], now=NOON)

        assert User.objects.count() == 0
