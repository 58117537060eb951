#!/bin/bash
# Run once by the postgres image, on an empty data volume: a database for each service and a role that owns
# it and can enter no other. The migrations run as that role, so nothing at run time is a superuser.
set -euo pipefail

create() {
  psql --set=ON_ERROR_STOP=1 --set=name="$1" --set=password="$2" --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

create semel_order "$ORDER_DATABASE_PASSWORD"
create semel_inventory "$INVENTORY_DATABASE_PASSWORD"
