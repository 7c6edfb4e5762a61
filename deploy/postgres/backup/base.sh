#!/bin/sh
# Takes a base backup of one running server: `base.sh <archive> <connection string>`, as a role that may replicate.
#
# It lies in <archive>/base/<UTC time it began>, appears there when it is whole, and is checked against its manifest.
# With the log that archive.sh keeps it can be restored to any moment after its end.
set -eu
archive=$1 server=$2
name=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$archive/base"
unfinished=$archive/base/.$name
trap 'rm -rf "$unfinished"' EXIT
pg_basebackup --dbname "$server" --pgdata "$unfinished" --format plain --wal-method stream --checkpoint fast \
    --label "banyan $name" --no-password
pg_verifybackup --quiet "$unfinished"
mv "$unfinished" "$archive/base/$name"
echo "$archive/base/$name"
