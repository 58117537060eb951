/** Every kind of fault, how often a minute it comes by default, and what it counts as. */
export const faultKinds = {
  kill: { perMinute: 16, counts: 'process', what: 'kill -9 of a service; it is started again at once' },
  pause: { perMinute: 6, counts: 'process', what: 'SIGSTOP of a service, SIGCONT up to 20 s later' },
  'postgres-restart': {
    perMinute: 4,
    counts: 'server',
    what: 'PostgreSQL stopped immediately (SIGQUIT), and recovered',
  },
  backends: { perMinute: 6, counts: 'other', what: 'pg_terminate_backend of all connections of a service' },
  'kafka-restart': { perMinute: 2, counts: 'server', what: 'kill -9 of the broker, and recovered' },
  reset: { perMinute: 60, counts: 'connection', what: 'all connections of a link reset' },
  'half-open': {
    perMinute: 26,
    counts: 'connection',
    what: 'one end of all connections of a link is gone, the other does not hear of it',
  },
  'black-hole': {
    perMinute: 16,
    counts: 'connection',
    what: 'nothing passes a link; then what was withheld is delivered, or everything is reset',
  },
  slow: { perMinute: 24, counts: 'connection', what: 'every packet of a link is late' },
  'lost-answer': {
    perMinute: 45,
    counts: 'connection',
    what: 'HTTP answers are lost after the service, or the payment provider, has given them',
  },
  'lost-commit': {
    perMinute: 40,
    counts: 'connection',
    what: 'the connection is lost between PostgreSQL’s COMMIT and its acknowledgement',
  },
  duplicates: { perMinute: 8, counts: 'event', what: 'published events are sent again, in another order' },
  'group-reset': {
    perMinute: 0.5,
    counts: 'event',
    what: 'a consumer group is set back to the beginning of its topic',
  },
  poison: { perMinute: 10, counts: 'event', what: 'messages that nobody can process' },
  clock: { perMinute: 5, counts: 'other', what: 'the clock of a service jumps, up to 30 minutes either way' },
} as const;

export type FaultKind = keyof typeof faultKinds;

export const allFaults = Object.keys(faultKinds) as readonly FaultKind[];

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(faultKinds, name);
}
