"""When digests are due: at the user's hour, one on each local day, whatever clocks and users do."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from modules.mailings.services.periods import Rhythm, find_changed, find_next

DAILY, WEEKLY = 1, 2
BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def next_after(now: datetime, rhythm: Rhythm, last: datetime | None) -> datetime:
    found = find_next(now, rhythm, last_at=last)
    assert found
    return found


def daily(zone: str = BERLIN, hour: int = 8) -> Rhythm:
    return Rhythm(DAILY, hour, ZoneInfo(zone))


class TestFindNext:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            ("2026-11-24 05:00", "2026-11-24 07:00"),
            ("2026-11-24 07:00", "2026-11-25 07:00"),
            ("2026-07-01 05:00", "2026-07-01 06:00"),
        ],
    )
    def test_is_the_hour_of_the_users_clock(self, now, due):
        assert find_next(utc(now), daily(), last_at=None) == utc(due)

    def test_is_never_on_a_day_that_has_had_one(self):
        # A run that was late until a quarter past midnight: this day has had its digest.
        late = utc("2026-11-24 23:15")

        assert find_next(late, daily(hour=23), last_at=late) == utc("2026-11-26 22:00")

    def test_is_later_where_the_clock_skips_the_hour(self):
        # At two in the morning of 29 March 2026 it is three.
        assert find_next(utc("2026-03-28 12:00"), daily(hour=2), last_at=None) == utc("2026-03-29 01:00")

    def test_is_the_first_of_two_where_the_clock_repeats_the_hour(self):
        first = utc("2026-10-25 00:00")

        assert find_next(utc("2026-10-24 12:00"), daily(hour=2), last_at=None) == first
        assert find_next(first, daily(hour=2), last_at=first) == utc("2026-10-26 01:00")

    def test_of_a_week_is_on_monday(self):
        rhythm = Rhythm(WEEKLY, 8, ZoneInfo(BERLIN))

        assert find_next(utc("2026-11-24 12:00"), rhythm, last_at=None) == utc("2026-11-30 07:00")

    def test_is_never_where_none_is_wanted(self):
        assert find_next(utc("2026-11-24 12:00"), Rhythm(0, 8, ZoneInfo(BERLIN)), last_at=None) is None

    def test_of_every_zone_there_is_comes_once_a_local_day_all_through_a_year(self):
        chance = random.Random(12)
        for name in chance.sample(sorted(available_timezones()), 25):
            rhythm, at = daily(name, hour=chance.randrange(24)), utc("2026-01-01 00:00")
            last: datetime | None = None
            days: list[date] = []
            while at < utc("2027-01-01 00:00"):
                at = last = next_after(at, rhythm, last)
                days.append(at.astimezone(rhythm.zone).date())

            assert all((b - a).days == 1 for a, b in pairwise(days)), name


class TestFindChanged:
    def test_keeps_what_is_owed(self):
        due = utc("2026-11-24 07:00")

        found = find_changed(utc("2026-11-24 07:05"), daily(), daily(hour=20), due_at=due, last_at=None)

        assert found == due

    def test_moves_to_a_later_hour_of_the_same_day(self):
        last, due = utc("2026-11-23 07:00"), utc("2026-11-24 07:00")

        found = find_changed(utc("2026-11-24 06:00"), daily(), daily(hour=20), due_at=due, last_at=last)

        assert found == utc("2026-11-24 19:00")

    def test_keeps_the_old_hour_where_the_new_one_has_passed(self):
        last, due = utc("2026-11-23 19:00"), utc("2026-11-24 19:00")

        found = find_changed(utc("2026-11-24 12:00"), daily(hour=20), daily(), due_at=due, last_at=last)

        assert found == due

    def test_to_daily_from_weekly_is_the_next_day(self):
        weekly, due = Rhythm(WEEKLY, 8, ZoneInfo(BERLIN)), utc("2026-11-30 07:00")

        found = find_changed(utc("2026-11-24 12:00"), weekly, daily(), due_at=due, last_at=None)

        assert found == utc("2026-11-25 07:00")

    def test_of_whoever_travels_comes_once_on_each_day_where_they_are(self):
        """Somebody flies about for a year; each local day, as it is where they are then, has one at most."""
        chance = random.Random(7)
        zones = ["Pacific/Auckland", "Pacific/Honolulu", BERLIN, "Asia/Tokyo", "America/New_York", "UTC"]
        now, rhythm, last = utc("2026-01-01 00:00"), daily(), utc("2025-12-31 12:00")
        due: datetime | None = next_after(now, rhythm, None)
        sent: list[tuple[datetime, Rhythm]] = []
        while now < utc("2027-01-01 00:00"):
            now += timedelta(hours=chance.uniform(1, 60))
            while due and due <= now:
                sent.append((due, rhythm))
                last = due
                due = next_after(due, rhythm, last)
            moved = daily(chance.choice(zones), hour=chance.randrange(24))
            due = find_changed(now, rhythm, moved, due_at=due, last_at=last)
            rhythm = moved

        for (one, _), (other, where) in pairwise(sent):
            days = [moment.astimezone(where.zone).date() for moment in (one, other)]
            assert days[0] < days[1]
            # However clocks are changed, the longest day and the longest wait for its hour are over by then.
            assert other - one < timedelta(hours=72)
