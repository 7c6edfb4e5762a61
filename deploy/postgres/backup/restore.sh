#!/bin/sh
# Makes a data folder that recovers to a moment: `restore.sh <archive> <new data folder> "2026-11-26 20:00:00+00"`.
#
# The newest base backup that had ended by then is copied; the server, once started, replays the archived log up to that
# moment, and then takes writes; `latest` instead of a moment is all there is. Give every database of Banyan the same
# moment: docs/operations.md says what comes after.
set -eu
archive=$1 data=$2 moment=$3
if [ -e "$data" ]; then
    echo "restore.sh: $data is there already; name a new folder, or move it away." >&2
    exit 1
fi
[ "$moment" = latest ] && wanted=$(date +%s) || wanted=$(date -u -d "$moment" +%s)
newest=
for base in "$archive"/base/*; do
    if [ -d "$base" ] && [ ! -x "$base" ]; then
        echo "restore.sh: $(id -un) may not read $base; run base.sh and this as the server's user." >&2
        exit 1
    fi
    # The manifest is written last.
    [ -e "$base/backup_manifest" ] && [ "$(stat -c %Y "$base/backup_manifest")" -lt "$wanted" ] && newest=$base
done
if [ -z "$newest" ]; then
    echo "restore.sh: no base backup in $archive/base had ended by $moment." >&2
    exit 1
fi
cp -Rp "$newest" "$data"
chmod 700 "$data"
# A replica's settings, should the backup be of one.
rm -f "$data/standby.signal"
# And an earlier restore's: its moment would end this one as well.
forget='/^(restore_command|recovery_|primary_)/d'
sed -i -E "$forget" "$data/postgresql.auto.conf"
# The last line takes all of it away when the moment is reached: a replica made of this server copies its settings,
# and one with a moment in the past would end its own recovery, and take writes, at the first commit.
cat >> "$data/postgresql.auto.conf" <<CONF
restore_command = 'cp "$archive/%f" "%p"'
recovery_target_timeline = 'latest'
primary_conninfo = ''
primary_slot_name = ''
recovery_end_command = 'sed -i -E "$forget" postgresql.auto.conf'
CONF
if [ "$moment" != latest ]; then
    cat >> "$data/postgresql.auto.conf" <<CONF
recovery_target_time = '$moment'
recovery_target_action = 'promote'
CONF
fi
touch "$data/recovery.signal"
echo "$newest"
