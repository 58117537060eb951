#!/bin/bash
# As the postgres image: from root to its own user; on an empty volume makes the data directory with the password of
# POSTGRES_PASSWORD, runs /docker-entrypoint-initdb.d against a server that listens on its socket alone; then serves.
set -euo pipefail
export POSTGRES_USER="${POSTGRES_USER:-postgres}"

if [ "$(id -u)" = 0 ]; then
  install --directory --owner=postgres --group=postgres --mode=0700 "$PGDATA"
  chown postgres:postgres "$(dirname "$PGDATA")" /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

bin=/usr/lib/postgresql-embedded/bin
settings=(-c unix_socket_directories=/run/postgresql)

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  "$bin/initdb" --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  "$bin/pg_ctl" --pgdata="$PGDATA" --wait --options="-c listen_addresses= ${settings[*]}" start
  for script in /docker-entrypoint-initdb.d/*.sh; do
    # shellcheck disable=SC1090
    if [ -x "$script" ]; then "$script"; else . "$script"; fi
  done
  "$bin/pg_ctl" --pgdata="$PGDATA" --mode=fast --wait stop
fi

exec "$bin/postgres" -D "$PGDATA" -c 'listen_addresses=*' "${settings[@]}"
