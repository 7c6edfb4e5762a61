"""Owners with known places: two on shards of instance `a`, one on `b`; the map is spread evenly."""

from sharding.ids import make_id

SHARD_ONE, SHARD_TWO, SHARD_FAR = 5, 7, 3000

ADA = make_id(1, SHARD_ONE, 1)  # on a
ADAM = make_id(1, SHARD_ONE, 2)  # on a, and on Ada's very shard
BOB = make_id(1, SHARD_TWO, 1)  # on a, another shard
FAY = make_id(1, SHARD_FAR, 1)  # on b
