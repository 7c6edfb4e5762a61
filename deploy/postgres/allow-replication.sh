#!/bin/bash
# Runs once, when the primary's data folder is made: its replica may stream, with the password.
set -eu
echo "host replication all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
