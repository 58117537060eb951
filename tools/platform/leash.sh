#!/bin/sh
# leash.sh SIGNAL PATIENCE COMMAND [ARG...], with a pipe that its starter holds open on file descriptor 3, as the leader
# of a process group of its own.
#
# The shell becomes the command by exec, so that the pid which was spawned is the serving process itself; beside it waits
# a tiny watcher on the pipe. When the starter dies, even by kill -9, the pipe closes and the watcher ends the command:
# by SIGNAL, and its whole group by KILL if it takes more than PATIENCE seconds. No orphan keeps a port or a data
# directory. The watcher ends only a process that is still its parent: a pid that was handed out again is never hit.
# A line on the pipe lets the watcher go.

if [ "$1" = watch ]; then
  trap '' INT TERM HUP QUIT
  server=$2 signal=$3 patience=$4
  parent() {
    if [ -r /proc/$$/status ]; then
      while read -r name value; do [ "$name" = PPid: ] && echo "$value"; done < /proc/$$/status
    else
      ps -o ppid= -p $$ | tr -d ' '
    fi
  }
  read -r release <&3 && exit 0
  [ "$(parent)" = "$server" ] || exit 0
  kill -s "$signal" "$server"
  while [ "$patience" -gt 0 ] && [ "$(parent)" = "$server" ]; do
    sleep 1
    patience=$((patience - 1))
  done
  [ "$(parent)" = "$server" ] && kill -s KILL -- "-$server"
  exit 0
fi

signal=$1 patience=$2
shift 2
sh "$0" watch $$ "$signal" "$patience" </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-
