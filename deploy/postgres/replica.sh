#!/bin/bash
# A streaming replica of $PRIMARY: copied on the first start, continued on every later one.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    install -d -o postgres -g postgres -m 700 "$PGDATA"
    gosu postgres pg_basebackup -h "$PRIMARY" -U "$POSTGRES_USER" -D "$PGDATA" \
        -R -X stream -C -S replica_a1 --checkpoint=fast
fi
exec gosu postgres postgres -c wal_level=logical -c max_connections=200 -c max_standby_streaming_delay=5s
