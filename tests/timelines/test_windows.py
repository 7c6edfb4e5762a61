"""Each verb of a window, with ids far above 2^53."""

import pytest

from modules.kernel.redis.servers import redis
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.schemas import TimelineSettings
from tests.timelines.windows import AUTHORS, FIRST_POST, FOLLOWING, KEY, VIEWER, follow


@pytest.fixture(autouse=True)
def small_windows(settings, clean_redis):
    """Twelve entries and three of slack, so that trims are common."""
    settings.TIMELINES = TimelineSettings(window_size=12, slack=3, pull_size=5)


def open_window(key=KEY):
    """Open a window that is not there, or not filled."""
    token = windows.open_window(key)
    assert token is not None
    return token


def read(*, place=TOP, newer=False, limit=10, pulled_ids=()):
    """Read a step of a window that is there."""
    step = windows.read(VIEWER, FOLLOWING, place=place, newer=newer, limit=limit, pulled_ids=pulled_ids)
    assert step is not None
    return step


def fill(*post_ids, floor=0, via=AUTHORS[0]):
    """Make a window of these posts."""
    redis("a").run(("DEL", KEY))
    token = open_window()
    assert windows.fill(KEY, token, [Entry(id, via) for id in post_ids], floor=floor)


def stored():
    """Return the entries and the sentinel as they lie in Redis."""
    (raw,) = redis("a").run(("LRANGE", KEY, 0, -1))
    pairs = [(int.from_bytes(entry[:8], "big"), int.from_bytes(entry[8:], "big")) for entry in raw]
    return [post_id for post_id, _ in pairs[:-1]], pairs[-1] if pairs else None


class TestPush:
    def test_puts_a_newer_post_at_the_head(self):
        fill(FIRST_POST)

        taken = windows.push([KEY], Entry(FIRST_POST + 1, AUTHORS[1]))

        assert taken == 1
        assert stored() == ([FIRST_POST + 1, FIRST_POST], (0, 0))

    def test_puts_a_late_post_in_its_place(self):
        fill(FIRST_POST + 9, FIRST_POST + 2, FIRST_POST + 1)

        windows.push([KEY], Entry(FIRST_POST + 3, AUTHORS[1]))

        assert stored()[0] == [FIRST_POST + 9, FIRST_POST + 3, FIRST_POST + 2, FIRST_POST + 1]

    @pytest.mark.parametrize("post_id", [FIRST_POST + 2, FIRST_POST + 1, FIRST_POST])
    def test_changes_nothing_at_a_repeat(self, post_id):
        fill(FIRST_POST + 2, FIRST_POST + 1, FIRST_POST)

        taken = windows.push([KEY], Entry(post_id, AUTHORS[0]))

        assert taken == 0
        assert stored()[0] == [FIRST_POST + 2, FIRST_POST + 1, FIRST_POST]

    def test_leaves_a_post_below_the_floor_to_the_pull(self):
        fill(FIRST_POST + 5, floor=FIRST_POST + 4)

        taken = windows.push([KEY], Entry(FIRST_POST + 3, AUTHORS[0]))

        assert taken == 0
        assert stored() == ([FIRST_POST + 5], (FIRST_POST + 4, 0))

    def test_takes_a_post_that_is_the_floor(self):
        fill(floor=FIRST_POST)

        windows.push([KEY], Entry(FIRST_POST, AUTHORS[0]))

        assert stored() == ([FIRST_POST], (FIRST_POST, 0))

    def test_makes_no_window(self):
        assert windows.push([KEY], Entry(FIRST_POST, AUTHORS[0])) == 0
        assert redis("a").run(("EXISTS", KEY)) == [0]

    def test_trims_to_the_size_and_raises_the_floor_when_the_slack_is_used_up(self):
        fill(FIRST_POST)

        for n in range(1, 15):
            windows.push([KEY], Entry(FIRST_POST + n, AUTHORS[0]))
        before = stored()
        windows.push([KEY], Entry(FIRST_POST + 15, AUTHORS[0]))

        assert (len(before[0]), before[1]) == (15, (0, 0))
        assert stored() == ([FIRST_POST + n for n in range(15, 3, -1)], (FIRST_POST + 4, 0))

    def test_reaches_more_windows_than_one_call_carries(self):
        keys = [windows.home(id) for id in range(1, 602)]
        for key in keys[::2]:
            windows.fill(key, open_window(key), [], floor=0)

        taken = windows.push(keys, Entry(FIRST_POST, AUTHORS[0]))

        assert taken == 301
        assert windows.has_post(keys, FIRST_POST) == [n % 2 == 0 for n in range(601)]

    def test_keeps_the_time_to_live(self):
        fill(FIRST_POST)
        redis("a").run(("EXPIRE", KEY, 50))

        windows.push([KEY], Entry(FIRST_POST + 1, AUTHORS[0]))

        assert 0 < redis("a").run(("TTL", KEY))[0] <= 50


class TestFill:
    def test_keeps_what_was_delivered_during_the_pull(self):
        token = open_window()
        windows.push([KEY], Entry(FIRST_POST + 7, AUTHORS[1]))
        windows.push([KEY], Entry(FIRST_POST + 1, AUTHORS[1]))

        windows.fill(KEY, token, [Entry(FIRST_POST + n, AUTHORS[0]) for n in (7, 5, 3)], floor=FIRST_POST + 3)

        assert stored() == ([FIRST_POST + 7, FIRST_POST + 5, FIRST_POST + 3], (FIRST_POST + 3, 0))

    def test_serves_two_readers_who_open_together(self):
        first, second = open_window(), open_window()

        done = [windows.fill(KEY, token, [], floor=0) for token in (first, second)]

        assert first == second
        assert done == [True, False]

    def test_refuses_a_pull_from_before_the_window_was_lost(self):
        token = open_window()
        redis("a").run(("DEL", KEY))
        newer = windows.open_window(KEY)

        done = windows.fill(KEY, token, [], floor=0)

        assert not done
        assert windows.open_window(KEY) == newer

    def test_keeps_an_empty_home(self):
        fill()

        assert stored() == ([], (0, 0))
        assert windows.open_window(KEY) is None

    def test_lets_an_unfilled_window_go_soon_and_a_filled_one_stay(self):
        token = open_window()
        (opening,) = redis("a").run(("TTL", KEY))
        windows.fill(KEY, token, [], floor=0)

        assert opening == 60
        assert redis("a").run(("TTL", KEY)) == [7 * 24 * 3600]


class TestMerge:
    def test_weaves_in_what_is_at_or_above_the_floor(self):
        fill(FIRST_POST + 8, FIRST_POST + 4, floor=FIRST_POST + 4)

        floor = windows.merge(KEY, [Entry(FIRST_POST + n, AUTHORS[1]) for n in (9, 8, 6, 3)])

        assert floor == FIRST_POST + 4
        assert stored() == ([FIRST_POST + n for n in (9, 8, 6, 4)], (FIRST_POST + 4, 0))

    def test_raises_the_floor_when_it_fills_the_window(self):
        fill(*[FIRST_POST + n for n in (30, 20, 10)])

        windows.merge(KEY, [Entry(FIRST_POST + n, AUTHORS[1]) for n in range(29, 17, -1)])

        assert stored() == (
            [FIRST_POST + n for n in (30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19)],
            (FIRST_POST + 19, 0),
        )

    def test_is_kept_by_a_window_that_is_opening(self):
        token = open_window()

        windows.merge(KEY, [Entry(FIRST_POST + 5, AUTHORS[1]), Entry(FIRST_POST, AUTHORS[1])])
        windows.fill(KEY, token, [Entry(FIRST_POST + 3, AUTHORS[0])], floor=FIRST_POST + 3)

        assert stored() == ([FIRST_POST + 5, FIRST_POST + 3], (FIRST_POST + 3, 0))

    def test_makes_no_window(self):
        assert windows.merge(KEY, [Entry(FIRST_POST, AUTHORS[1])]) is None
        assert redis("a").run(("EXISTS", KEY)) == [0]


class TestScrub:
    def test_takes_out_one_author_and_leaves_the_floor(self):
        fill(FIRST_POST + 5, FIRST_POST + 3, floor=FIRST_POST + 3)
        windows.push([KEY], Entry(FIRST_POST + 4, AUTHORS[1]))

        gone = windows.scrub(KEY, AUTHORS[0])

        assert gone == 2
        assert stored() == ([FIRST_POST + 4], (FIRST_POST + 3, 0))

    def test_does_nothing_without_a_window(self):
        assert windows.scrub(KEY, AUTHORS[0]) == 0


class TestRead:
    def test_tells_neighboring_authors_apart(self):
        follow(2**62 + 1)
        fill(FIRST_POST + 2, via=2**62 + 1)
        windows.push([KEY], Entry(FIRST_POST + 3, 2**62))
        windows.push([KEY], Entry(FIRST_POST + 4, 2**62 + 2))

        step = read()

        assert step.entries == [Entry(FIRST_POST + 2, 2**62 + 1)]

    @pytest.mark.parametrize(
        "author_id",
        [1, 999_999, 10**6, 10**6 + 1, 2**32 - 1, 2**32, 2**53 + 1, 10**18, 2**62 + 1, 2**63 - 1],
    )
    def test_names_an_author_in_decimal(self, author_id):
        follow(author_id)
        fill(FIRST_POST, via=author_id)

        step = read()

        assert step.entries == [Entry(FIRST_POST, author_id)]

    def test_shows_the_viewers_own_posts(self):
        follow()
        fill(FIRST_POST, via=VIEWER)

        assert read().entries == [Entry(FIRST_POST, VIEWER)]

    def test_goes_past_hidden_entries_until_the_page_is_full(self):
        follow(AUTHORS[1])
        fill(*[FIRST_POST + n for n in range(11, 3, -1)])
        for n in (1, 2, 3):
            windows.push([KEY], Entry(FIRST_POST + n, AUTHORS[1]))

        step = read(limit=2)

        assert [entry.post_id for entry in step.entries] == [FIRST_POST + 3, FIRST_POST + 2]

    def test_goes_on_below_a_place_whose_post_is_gone(self):
        follow(AUTHORS[0])
        fill(FIRST_POST + 9, FIRST_POST + 7, FIRST_POST + 1)

        steps = [read(place=FIRST_POST + n, limit=1) for n in (8, 7, 1)]

        assert [[entry.post_id - FIRST_POST for entry in step.entries] for step in steps] == [[7], [1], []]

    def test_goes_on_above_a_place_oldest_first_past_hidden_entries(self):
        follow(AUTHORS[1])
        fill(*[FIRST_POST + n for n in range(11, 3, -1)])
        for n in (1, 2, 3, 12, 13, 14):
            windows.push([KEY], Entry(FIRST_POST + n, AUTHORS[1]))

        steps = [read(place=FIRST_POST + n, newer=True, limit=2) for n in (0, 1, 2, 3, 12, 13, 14)]

        assert [[entry.post_id - FIRST_POST for entry in step.entries] for step in steps] == [
            [1, 2], [2, 3], [3, 12], [12, 13], [13, 14], [14], [],
        ]  # fmt: skip

    def test_says_when_it_is_not_known_whom_the_viewer_follows(self):
        fill(FIRST_POST)

        assert not read().has_following

    def test_says_which_pulled_authors_are_followed(self):
        follow(AUTHORS[0], AUTHORS[2])
        fill()

        step = read(pulled_ids=AUTHORS[1:])

        assert step.pulled_ids == [AUTHORS[2]]

    def test_says_whom_of_the_authors_the_viewer_follows(self):
        follow(AUTHORS[0], AUTHORS[2])
        fill(*[FIRST_POST + n for n in range(3, 0, -1)])
        for n, author in enumerate((VIEWER, AUTHORS[1], AUTHORS[2]), start=4):
            windows.push([KEY], Entry(FIRST_POST + n, author))

        step = read()

        assert sorted(step.followed) == [AUTHORS[0], AUTHORS[2]]

    def test_finds_no_window(self):
        assert windows.read(VIEWER, FOLLOWING, place=TOP, limit=1) is None

    def test_gives_nothing_of_a_window_that_is_opening(self):
        follow(AUTHORS[0])
        windows.open_window(KEY)
        windows.push([KEY], Entry(FIRST_POST, AUTHORS[0]))

        step = read()

        assert (step.entries, step.floor) == ([], TOP)

    def test_prolongs_the_windows_life(self):
        follow()
        fill()
        redis("a").run(("EXPIRE", KEY, 50))

        windows.read(VIEWER, FOLLOWING, place=TOP, limit=1)

        assert redis("a").run(("TTL", KEY)) == [7 * 24 * 3600]
