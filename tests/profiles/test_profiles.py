"""Making and editing profiles."""

import pytest

from modules.graph.public import UserNotFound
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.redis.servers import redis
from modules.profiles import tasks
from modules.profiles.events import ProfileEdited
from modules.profiles.models import Profile
from modules.profiles.public import create_profiles_in_bulk, map_cards
from modules.profiles.schemas import EditProfile
from modules.profiles.selectors.cards import USERS
from modules.profiles.services.profiles import create_profile, edit_profile
from sharding.errors import AlreadyDone
from sharding.ids import make_id
from sharding.scope import Once
from tests.kit.delivery import announced_events, drain
from tests.kit.people import make_newcomers
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db


def profile_of(person) -> Profile:
    return Profile.objects.of(person.id).on_primary().get()


class TestMakeProfile:
    def test_makes_the_profile_on_the_users_shard(self, ada, vera):
        drain()

        for person in (ada, vera):
            profile = profile_of(person)
            assert (profile.username, profile.display_name) == (person.username, person.username)
            assert (profile.bio, profile.custom, profile.version) == ("", {}, 1)

    def test_has_one_effect_when_delivered_twice(self, ada, redeliver):
        redeliver(times=2)

        assert profile_of(ada).version == 1

    def test_ends_at_its_once_row_the_second_time(self, ada):
        create_profile(ada.id, once=Once("test", "1"))

        with pytest.raises(AlreadyDone):
            create_profile(ada.id, once=Once("test", "1"))

    def test_leaves_a_profile_that_was_edited_before_it_came(self, ada):
        edit_profile(ada.id, EditProfile(bio="First!"))

        drain()

        assert (profile_of(ada).bio, profile_of(ada).version) == ("First!", 2)

    def test_makes_nothing_for_an_account_that_is_gone(self, db):
        gone = make_id(1, 4000, 0)

        create_profile(gone, once=Once("test", "1"))

        assert Profile.objects.of(gone).on_primary().first() is None


class TestEditProfile:
    def test_changes_what_was_sent_and_raises_the_version(self, ada):
        drain()

        edit_profile(ada.id, EditProfile(display_name="Ada L.", custom={"pronouns": "she"}))

        profile = profile_of(ada)
        assert (profile.display_name, profile.bio, profile.version) == ("Ada L.", "", 2)
        assert profile.custom == {"pronouns": "she"}

    def test_announces_the_version(self, ada):
        drain()

        edit_profile(ada.id, EditProfile(bio="Hi"))

        assert announced_events(ProfileEdited) == [ProfileEdited(user_id=ada.id, version=2)]

    def test_replaces_the_card_at_once(self, ada):
        drain()
        before = map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id]

        edit_profile(ada.id, EditProfile(bio="Hi"))

        after = map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id]
        assert (before.version, after.version) == (1, 2)
        assert b'"bio":"Hi"' in after.json

    def test_changes_nothing_when_nothing_was_sent(self, ada):
        drain()

        edit_profile(ada.id, EditProfile())

        assert profile_of(ada).version == 1
        assert announced_events(ProfileEdited) == []

    def test_refuses_an_account_that_is_gone(self, db):
        with pytest.raises(UserNotFound):
            edit_profile(make_id(1, 4000, 0), EditProfile(bio="Boo"))

        assert announced_events(ProfileEdited) == []


class TestRefreshCard:
    def test_renews_a_card_that_the_edit_could_not(self, ada, settings):
        drain()
        map_cards([ada.id], viewer=PUBLIC_VIEWER)
        with redis_away(settings):
            edit_profile(ada.id, EditProfile(bio="Hi"))
        assert map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id].version == 1

        drain()

        assert map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id].version == 2

    def test_has_one_effect_when_delivered_twice(self, ada, redeliver):
        drain()
        edit_profile(ada.id, EditProfile(bio="Hi"))

        redeliver(times=2)

        assert map_cards([ada.id], viewer=PUBLIC_VIEWER)[ada.id].version == 2

    def test_brings_back_nothing_older(self, ada):
        drain()
        edit_profile(ada.id, EditProfile(bio="one"))
        edit_profile(ada.id, EditProfile(bio="two"))

        tasks.refresh_card(ProfileEdited(user_id=ada.id, version=2), Once("test", "1"))

        [entry] = redis("a").run(USERS.command([ada.id]))
        found, _ = USERS.read([ada.id], entry)
        assert found[ada.id].version == 3


class TestCreateProfilesInBulk:
    def test_makes_profiles_over_all_shards_and_changes_nothing_when_run_again(self, db):
        people = make_newcomers(9)
        named = [(person.id, person.username) for person in people]
        edit_profile(people[0].id, EditProfile(bio="kept"))

        assert create_profiles_in_bulk(named) == 9
        assert create_profiles_in_bulk(named) == 9

        assert [profile_of(person).username for person in people] == [person.username for person in people]
        assert profile_of(people[0]).bio == "kept"
