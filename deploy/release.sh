#!/bin/sh
# Releases what is checked out to the running compose stack, without an outage: deploy/release.sh
#
# Migrations first, which the old release must bear (expand now, contract with the next one); then one API after the
# other, which nginx leaves out meanwhile; then those who work behind it. It stops at the first step that fails: the
# release before goes on serving, and an API that did not become healthy stays left out.
set -eu
cd "$(dirname "$0")/.."

nginx() { docker compose exec -T nginx "$@"; }

docker compose build --quiet migrate
docker compose run --rm --no-deps -T migrate
# Before any API: an older relay leaves a newer API's news waiting, and does not know who else hears what it knows.
docker compose up --detach --no-deps --wait relay worker worker-media worker-exports beat flower
for number in 1 2; do
    nginx touch "/tmp/without-api-$number"
    docker compose up --detach --no-deps --force-recreate --wait "api-$number"
    nginx rm -f "/tmp/without-api-$number"
done
# Its clients come back by themselves, a few at a time, and miss nothing (docs/realtime.md).
docker compose up --detach --no-deps --wait realtime
# An upload that it cuts off is sent again by its client: forms hold for fifteen minutes.
docker compose up --detach --no-deps --wait media
echo "Released."
