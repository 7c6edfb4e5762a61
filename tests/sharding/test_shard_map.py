import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from sharding import seed, shard_map
from sharding.allocate import choose_shard
from sharding.conf import settings as sharding_settings
from sharding.errors import InstanceUnavailable, NoShard
from sharding.shard_map import ShardMap
from sharding.testing import Queries, choosing
from tests.sharding.people import SHARD_FAR, SHARD_ONE

EVEN = [(0, 2047, "a", "open", 1), (2048, 4095, "b", "open", 1)]

cuts = st.sets(st.integers(1, 4095), max_size=8).map(sorted)
entries = st.tuples(st.sampled_from("abc"), st.sampled_from(["open", "full"]), st.integers(1, 3))


class TestShardMap:
    @given(cuts, st.data())
    def test_comes_back_as_it_went_in(self, cuts, data):
        firsts = [0, *cuts]
        runs = [
            (first, last - 1, *data.draw(entries))
            for first, last in zip(firsts, [*cuts, 4096], strict=True)
        ]  # fmt: skip

        laid = ShardMap.from_ranges(runs)

        for first, last, *entry in runs:
            for shard in (first, last):
                assert [laid.alias_of(shard), laid.state_of(shard), laid.epoch_of(shard)] == entry
        assert ShardMap.from_ranges(laid.ranges()) == laid

    @pytest.mark.parametrize(
        "runs", [[], [(0, 4094, "a", "open", 1)], [(1, 4095, "a", "open", 1)], [EVEN[0]], [*EVEN, EVEN[0]]]
    )
    def test_is_whole_or_refused(self, runs):
        with pytest.raises(NoShard):
            ShardMap.from_ranges(runs)

    def test_joins_ranges_of_an_instance_across_states_and_epochs(self):
        runs = [
            (0, 9, "a", "open", 1),
            (10, 19, "a", "full", 2),
            (20, 29, "b", "open", 1),
            (30, 4095, "a", "open", 1),
        ]

        assert ShardMap.from_ranges(runs).ranges_of("a") == [(0, 19), (30, 4095)]

    def test_knows_which_shards_are_open(self):
        rest = [(4091, 4092, "b", "open", 1), (4093, 4095, "a", "open", 1)]

        laid = ShardMap.from_ranges([(0, 4090, "a", "full", 1), *rest])

        assert laid.open_shards() == {"b": [4091, 4092], "a": [4093, 4094, 4095]}


@pytest.fixture
def forgotten():
    shard_map.forget()
    yield
    shard_map.forget()


@pytest.mark.django_db
class TestCurrent:
    def test_reads_the_directory_once(self, forgotten):
        queries = Queries()

        with connections["default"].execute_wrapper(queries):
            found = [
                shard_map.alias_of(SHARD_ONE),
                shard_map.alias_of(SHARD_FAR),
                shard_map.epoch_of(SHARD_ONE),
            ]

        assert found == ["a", "b", 1]
        assert queries.by_alias == {"default": 1}

    def test_comes_from_disk_while_the_directory_is_dead(self, forgotten, stack):
        shard_map.current()
        shard_map.forget()
        stack.kill("default")

        assert shard_map.alias_of(SHARD_FAR) == "b"

    def test_without_directory_and_file_says_so(self, forgotten, stack):
        (sharding_settings().state_dir / shard_map.FILE).unlink(missing_ok=True)
        stack.kill("default")

        with pytest.raises(InstanceUnavailable):
            shard_map.current()


@pytest.mark.django_db
class TestRefresh:
    def test_sees_what_changed_and_keeps_it_on_disk(self, forgotten):
        path = sharding_settings().state_dir / shard_map.FILE
        shard_map.current()
        with connections["default"].cursor() as cursor:
            cursor.execute("UPDATE shard_map SET state = 'full' WHERE shard = 5")
        try:
            before = shard_map.current().state_of(5)
            shard_map.refresh()

            assert (before, shard_map.current().state_of(5)) == ("open", "full")
            assert shard_map.read_file(path) == shard_map.current()
        finally:
            with connections["default"].cursor() as cursor:
                cursor.execute("UPDATE shard_map SET state = 'open' WHERE shard = 5")


class TestReadFile:
    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "{}", '{"runs": 1}', '{"runs": [[0, 1]]}', '{"runs": []}']
    )
    def test_of_a_broken_file_is_none(self, tmp_path, text):
        path = tmp_path / "map.json"
        path.write_text(text)

        assert shard_map.read_file(path) is None

    def test_of_no_file_is_none(self, tmp_path):
        assert shard_map.read_file(tmp_path / "map.json") is None


class TestWriteFile:
    def test_replaces_it_whole_and_leaves_nothing_else(self, tmp_path):
        path = tmp_path / "state" / "map.json"

        shard_map.write_file(ShardMap.from_ranges([(0, 4095, "a", "open", 1)]), path)
        shard_map.write_file(ShardMap.from_ranges(EVEN), path)

        assert shard_map.read_file(path) == ShardMap.from_ranges(EVEN)
        assert [entry.name for entry in path.parent.iterdir()] == ["map.json"]

    def test_where_nothing_can_be_written_stops_nobody(self, tmp_path):
        (tmp_path / "file").write_text("")

        shard_map.write_file(ShardMap.from_ranges(EVEN), tmp_path / "file" / "map.json")


class TestSpread:
    def test_covers_all_shards_evenly_and_contiguously(self):
        assert seed.spread(("a", "b")) == [("a", 0, 2047), ("b", 2048, 4095)]
        assert seed.spread(("a", "b", "c")) == [("a", 0, 1364), ("b", 1365, 2729), ("c", 2730, 4095)]


@pytest.mark.django_db
class TestSeedMap:
    def test_of_a_laid_map_changes_nothing(self):
        before = shard_map.refresh()

        assert seed.seed_map() is False
        assert shard_map.refresh() == before

    def test_finishes_ownership_after_a_crash_and_leaves_fenced_rows_alone(self):
        with connections["b"].cursor() as cursor:
            cursor.execute("DELETE FROM shard_ownership WHERE shard = 3000")
            cursor.execute("UPDATE shard_ownership SET state = 'fenced' WHERE shard = 3001")

            seed.seed_map()

            cursor.execute("SELECT shard, state FROM shard_ownership WHERE shard IN (3000, 3001) ORDER BY 1")
            found = cursor.fetchall()
            cursor.execute("UPDATE shard_ownership SET state = 'owned' WHERE shard = 3001")
        assert found == [(3000, "owned"), (3001, "fenced")]


@pytest.mark.django_db
class TestChooseShard:
    def test_takes_open_shards_of_weighted_instances(self, settings):
        settings.SHARDING = sharding_settings().__class__(instances=("a", "b"), weights={"a": 0.0})

        assert all(2048 <= choose_shard() <= 4095 for _ in range(50))

    def test_without_any_weight_raises(self, settings):
        settings.SHARDING = sharding_settings().__class__(instances=("a", "b"), weights={"a": 0.0, "b": 0.0})

        with pytest.raises(NoShard):
            choose_shard()

    def test_chooses_what_a_test_says(self):
        with choosing(5, 3000):
            assert [choose_shard() for _ in range(3)] == [5, 3000, 5]
