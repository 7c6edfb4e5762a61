#!/bin/bash
# A streaming replica of $PRIMARY: copied on the first start, continued on every later one. Its arguments are the
# server's. It runs as the user of the container, who owns the volume.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p -m 700 "$PGDATA"
    pg_basebackup -h "$PRIMARY" -U banyan_replication -D "$PGDATA" \
        -R -X stream -C -S replica_a1 --checkpoint=fast
fi
exec "$@"
