from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from hypothesis import given
from hypothesis import strategies as st

from sharding.errors import NoShard
from sharding.ids import EPOCH, LAST_ID, id_of_key, is_mintable, make_id, mint_ids, moment_of, shard_of
from sharding.scope import writing_for
from sharding.testing import count_queries
from tests.sharding.app.models import Note
from tests.sharding.people import ADA, SHARD_ONE


class TestBits:
    @given(st.integers(0, 2**41 - 1), st.integers(0, 4095), st.integers(0, 1023))
    def test_come_back_as_they_went_in(self, ms, shard, sequence):
        minted = make_id(ms, shard, sequence)

        assert 0 <= minted <= LAST_ID
        assert (shard_of(minted), minted & 1023) == (shard, sequence)
        assert moment_of(minted) == EPOCH + timedelta(milliseconds=ms)

    def test_last_until_2094(self):
        assert moment_of(LAST_ID).year == 2094
        assert [is_mintable(any_id) for any_id in (-1, 0, 1, LAST_ID, LAST_ID + 1)] == [
            False, False, True, True, False,
        ]  # fmt: skip


class TestIdOfKey:
    def test_is_what_it_was_when_its_first_row_was_written(self):
        found = {key: (id_of_key("tag", key), shard_of(id_of_key("tag", key))) for key in ("forest", "стих")}

        assert found == {"forest": (9026635313536454223, 1427), "стих": (7349106536283959296, 3388)}
        assert id_of_key("list", "forest") != id_of_key("tag", "forest")

    def test_spreads_over_all_shards(self):
        ids = [id_of_key("tag", f"{n}") for n in range(50_000)]

        assert len(set(ids)) == len(ids)
        assert all(is_mintable(id) for id in ids)
        assert len({shard_of(id) for id in ids}) == 4096


@pytest.mark.django_db
class TestShardOf:
    @pytest.mark.parametrize("alias", ["default", "a", "b"])
    def test_of_the_database_is_that_of_the_application(self, alias):
        ids = [make_id(ms, shard, 1023) for ms in (0, 2**41 - 1) for shard in range(4096)] + [LAST_ID, 0, -1]
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT shard_of(id) FROM unnest(%s::bigint[]) WITH ORDINALITY AS t (id, n) ORDER BY n", [ids]
            )
            found = [row[0] for row in cursor.fetchall()]

        assert found == [shard_of(any_id) for any_id in ids]

    def test_dissolves_into_its_operators(self):
        with connections["a"].cursor() as cursor:
            cursor.execute(
                "EXPLAIN (VERBOSE, COSTS OFF) SELECT FROM shardtests_note WHERE shard_of(author_id) = 5"
            )
            plan = " ".join(row[0] for row in cursor.fetchall())

        assert "(((shardtests_note.author_id >> 10) & '4095'::bigint))::integer = 5" in plan

    def test_is_found_in_an_index(self):
        with connections["a"].cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE mine AS SELECT n << 10 AS owner FROM generate_series(1, 4000) n"
            )
            cursor.execute("CREATE INDEX of_shard ON mine (shard_of(owner)); ANALYZE mine")
            cursor.execute("EXPLAIN (COSTS OFF) SELECT FROM mine WHERE shard_of(owner) = 5")
            plan = " ".join(row[0] for row in cursor.fetchall())
            cursor.execute("DROP TABLE mine")

        assert "Index Scan using of_shard" in plan


@pytest.mark.django_db
class TestNextId:
    @pytest.mark.parametrize("alias", ["default", "a", "b"])
    def test_carries_the_shard_and_the_moment(self, alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT next_id(4095), extract(epoch FROM clock_timestamp())")
            minted, seconds = cursor.fetchone()

        assert shard_of(minted) == 4095
        assert abs(moment_of(minted).timestamp() - float(seconds)) < 0.05

    @pytest.mark.parametrize("shard", [-1, 4096])
    def test_refuses_what_is_no_shard(self, shard):
        with pytest.raises(DatabaseError, match="there is no shard"), connections["a"].cursor() as cursor:
            cursor.execute("SELECT next_id(%s)", [shard])


@pytest.mark.django_db
class TestMintIds:
    def test_mints_different_rising_ids_in_one_round_trip(self):
        with count_queries() as queries:
            minted = mint_ids(SHARD_ONE, 1000, using="a")

        assert queries.by_alias == {"a": 1}
        assert len(set(minted)) == 1000
        assert minted == sorted(minted)
        assert {shard_of(any_id) for any_id in minted} == {SHARD_ONE}

    def test_is_paced_at_sixty_four_a_millisecond(self):
        minted = mint_ids(SHARD_ONE, 640, using="a")

        by_ms: dict[int, int] = {}
        for any_id in minted:
            by_ms[any_id >> 22] = by_ms.get(any_id >> 22, 0) + 1
        assert max(by_ms.values()) <= 64

    def test_of_none_is_empty(self):
        assert mint_ids(SHARD_ONE, 0, using="a") == []


@pytest.mark.django_db
class TestShardedIdField:
    def test_is_minted_in_the_insert_itself(self):
        with writing_for(ADA), count_queries() as queries:
            note = Note(author_id=ADA)
            note.save()

        assert shard_of(note.id) == SHARD_ONE
        assert queries.by_alias == {"a": 1}

    @pytest.mark.parametrize(("rows", "statements"), [(63, 1), (64, 2), (500, 2)])
    def test_is_minted_ahead_in_bulk(self, rows, statements):
        with writing_for(ADA), count_queries() as queries:
            notes = Note.objects.bulk_create([Note(author_id=ADA, rank=rank) for rank in range(rows)])

        assert queries.by_alias == {"a": statements}
        assert len({note.id for note in notes}) == rows

    def test_raises_without_owner_hint_or_binding(self):
        with pytest.raises(NoShard):
            Note._meta.pk.pre_save(Note(), add=True)

    def test_passes_full_clean(self):
        with writing_for(ADA):
            Note(author_id=ADA, text="fine").full_clean()
