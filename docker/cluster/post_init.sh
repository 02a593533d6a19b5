#!/bin/sh
# Run once, by Patroni on the first primary, with the connection string of its superuser: the database and its roles.
set -eu
# The passwords come from the environment, and psql quotes them.
psql --quiet --set ON_ERROR_STOP=1 "$1" <<'SQL'
\getenv owner_password RECORDS_OWNER_PASSWORD
\getenv server_password RECORDS_SERVER_PASSWORD
SET password_encryption = 'scram-sha-256';
CREATE ROLE records_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE needtoknow LOGIN PASSWORD :'server_password';
CREATE DATABASE records OWNER records_owner;
-- The servers read the records; `needtoknow audit migrate` lets them append to the journal.
GRANT pg_read_all_data TO needtoknow;
SQL
