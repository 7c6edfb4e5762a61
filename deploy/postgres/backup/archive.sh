#!/bin/sh
# PostgreSQL's archive_command: `archive.sh <archive> %p %f`. Keeps one finished segment of the log, whole or not at all.
#
# It must not overwrite: a second server that writes into the same archive would destroy what the first one needs.
# The same segment again, as after a crash between the copy and its acknowledgement, is fine.
set -eu
archive=$1 segment=$2 name=$3
if [ -e "$archive/$name" ]; then
    cmp -s "$segment" "$archive/$name" && exit 0
    echo "archive.sh: $archive/$name is there and differs: does another server write into it?" >&2
    exit 1
fi
cp "$segment" "$archive/.$name"
sync "$archive/.$name"
mv "$archive/.$name" "$archive/$name"
sync "$archive"
