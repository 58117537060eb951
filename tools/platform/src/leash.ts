/**
 * The shell program behind every server that we start. The shell becomes the server by `exec`, so that the pid we
 * spawned is the serving process itself; beside it waits a tiny watcher on a pipe that we hold open. When we die,
 * even by kill -9, the pipe closes and the watcher ends the server: no orphan keeps a port or a data directory.
 * The watcher kills only a process that is still its parent, so a pid that was handed out again is never hit.
 */
const watcher = `
trap '' INT TERM HUP QUIT
server=$1; signal=$2; patience=$3
parent() {
  if [ -r /proc/$$/status ]; then
    while read -r name value; do [ "$name" = PPid: ] && echo "$value"; done < /proc/$$/status
  else
    ps -o ppid= -p $$ | tr -d ' '
  fi
}
read -r release && exit 0
[ "$(parent)" = "$server" ] || exit 0
kill -s "$signal" "$server"
while [ "$patience" -gt 0 ] && [ "$(parent)" = "$server" ]; do sleep 1; patience=$((patience - 1)); done
[ "$(parent)" = "$server" ] && kill -s KILL "$server"
exit 0
`;

const leash = `
watcher=$1; signal=$2; patience=$3; shift 3
sh -c "$watcher" watcher $$ "$signal" "$patience" <&3 3<&- >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
`;

/** The pipe's end that the leash reads is this file descriptor of the child. */
export const leashDescriptor = 3;

export function leashed(
  command: string,
  args: readonly string[],
  signal: 'INT' | 'TERM',
  patienceSeconds: number,
): [string, string[]] {
  return ['/bin/sh', ['-c', leash, 'leash', watcher, signal, String(patienceSeconds), command, ...args]];
}
