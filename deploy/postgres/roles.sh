#!/bin/bash
# Runs once, when a primary's data folder is made: the roles of processes, and who may stream.
#
# No process is a superuser. `banyan_owner` owns the database and migrates it; what the others may do in its tables is
# given by `manage.py shards migrate` (sharding/grants.py).
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set db="$POSTGRES_DB" --set owner="$OWNER_PASSWORD" --set api="$API_PASSWORD" \
    --set relay="$RELAY_PASSWORD" --set replication="$REPLICATION_PASSWORD" <<'SQL'
CREATE ROLE banyan_owner LOGIN PASSWORD :'owner';
CREATE ROLE banyan_api LOGIN PASSWORD :'api';
CREATE ROLE banyan_relay LOGIN PASSWORD :'relay';
CREATE ROLE banyan_replication LOGIN REPLICATION PASSWORD :'replication';
ALTER DATABASE :"db" OWNER TO banyan_owner;
REVOKE ALL ON DATABASE :"db" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"db" TO banyan_api, banyan_relay;
-- Through a pooler no session can say its own (docs/connections.md); without one, what it says goes before these.
ALTER ROLE banyan_api SET statement_timeout = '5s';
ALTER ROLE banyan_api SET lock_timeout = '500ms';
ALTER ROLE banyan_api SET idle_in_transaction_session_timeout = '10s';
SQL
echo "host replication banyan_replication all scram-sha-256" >> "$PGDATA/pg_hba.conf"
