import io

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from modules.accounts.models import ReservedName
from modules.accounts.selectors.reserved import is_reserved, list_reserved
from modules.accounts.services.reserved import release_username, reserve_username
from modules.posts.models import Post
from sharding.models import ShardedModel
from sharding.scope import writing_directory
from sharding.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _names_as_before(db):
    """The table is filled by a migration, so no wipe restores it."""
    yield
    made = ["first_call", "oracle", "the_admin_team"]
    with writing_directory():
        ReservedName.objects.filter(username__in=made).delete()
    reserve_username("everyone")


TAKEN_FOR_THE_OPERATOR = """
admin Admin adm1n admln adrnin 4dm1n admin_ _admin_ a_d_m_i_n admins admin123 admin_2026 bob_admin adm1ns_x
theadmin real_admin moderators root r00t postmaster webrnaster vvebmaster abuse noc n0c www www1 no_reply
mailer_daemon 5upport supp0rt_2026 supports support_team team_support customer_support help_desk h3lp
security_team securityteam security24 trust_and_safety off1c1a1 official_admin official_support banyan
banyansupport official_banyan billing_dept null api
mod m0d rnod mods mod_team automod auto_mod owner site_owner safety safety_team contact contact_admin
contacts customer_care customercare founder co_founder ceo c3o_2026 cto developer developers dev_team
devteam email employee super_admin superadmin super_mod community_manager do_not_reply sysop feedback adminn
admiin addmin admmin_bob aclmin ac1min rnoclerator adminn_bob stafff sttaff suppport supportt modderator
officiall rooot wwww nulll adminstrator administrater suport offical banyann baanyan banyan_team
banyansocial banyan_social banyannetwork banyan_foundation banyan_inc
"""
# Of these some hold a reserved word, and nobody takes them for one.
OF_USERS = """
ada adminton badminton supporter support_ukraine i_support_you rootbeer root_beer classic_mod banyan_tree
system_of_a_down taylor_official security_guard helpful teamster newsie steve_jobs masterchef apiary
staffordshire salesman user123 the_team legally_blonde infonaut webby main_character
bob marco teamwork mode modes modesty modern modem mood moody moderato owens owner_of_a_lonely_heart
proud_owner contactless contact_bob safety_first founder_of_rome cleo cecelia mali team7 web_developer
appdeveloper vladmin anna otto emma bookkeeper hannah matteo jeff lee aaron isaac phillipp harriett salles
legall loggins helloo compress uncle oracle_bone claudia declan clement postmalone newssworthy
social_butterfly network_nerd
"""


class TestIsReserved:
    @pytest.mark.parametrize("name", TAKEN_FOR_THE_OPERATOR.split())
    def test_knows_whom_readers_would_take_for_the_operator(self, name):
        assert is_reserved(name)

    @pytest.mark.parametrize("name", OF_USERS.split())
    def test_lets_others_pass(self, name):
        assert not is_reserved(name)

    def test_knows_what_the_installation_calls_itself(self, settings):
        settings.SITE_NAME = "The Grove!"

        assert [is_reserved(name) for name in ("thegrove", "the_gr0ve_team", "grover")] == [True, True, False]

    def test_asks_the_database_once_until_the_table_changes(self):
        reserve_username("first_call")
        assert is_reserved("first_call")

        with count_queries() as hit:
            assert not is_reserved("oracle")
        reserve_username("oracle")
        with count_queries() as miss:
            assert is_reserved("oracle")

        assert (hit.total, miss.total) == (0, 1)


class TestReserveUsername:
    def test_keeps_what_is_made_of_it_too(self):
        reserve_username("oracle")

        assert [is_reserved(name) for name in ("0racle", "oracle_team", "oracles_of_delphi")] == [
            True,
            True,
            False,
        ]


class TestReleaseUsername:
    def test_lets_a_name_be_taken_whatever_words_it_is_made_of(self):
        assert release_username("the_admin_team")

        assert [is_reserved(name) for name in ("the_admin_team", "admin_team")] == [False, True]

    def test_is_taken_back_by_reserving(self):
        release_username("the_admin_team")
        reserve_username("the_admin_team")

        assert is_reserved("the_admin_team")

    def test_lets_a_name_be_taken_again(self):
        reserve_username("oracle")

        assert release_username("Oracle")

        assert not is_reserved("oracle")

    def test_says_when_there_was_nothing_to_release(self):
        assert not release_username("never_reserved")


class TestUsernamesCommand:
    def test_reserves_releases_and_lists(self):
        out = io.StringIO()

        call_command("usernames", reserve=["oracle"], release=["everyone"], stdout=out)

        names = out.getvalue().splitlines()
        assert "oracle" in names
        assert "everyone" not in names

    @pytest.mark.parametrize("name", ["", "ab", "a" * 31, "a b", "é", "x\x00y"])
    def test_reserves_nothing_where_nobody_can_be_called_that(self, name):
        before = list_reserved()

        with pytest.raises(CommandError, match="Nobody can be called"):
            call_command("usernames", reserve=["oracle", name], stdout=io.StringIO())

        assert list_reserved() == before


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
