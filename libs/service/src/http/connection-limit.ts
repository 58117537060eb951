import type { Server } from 'node:http';

/** A look at all connections costs a millisecond or so: under attack not more often than this. */
const LOOK_EVERY_MS = 250;

/**
 * How many connections a server holds. Where one more comes, those that are kept alive without a request make room: a
 * client opens them again when it needs them. Who has not sent a whole request keeps its place until its time is over.
 * Without it whoever holds enough idle connections keeps everybody else out.
 */
export function limitConnections(server: Server, most: number): void {
  server.maxConnections = most;
  let open = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const makeRoom = () => {
    if (performance.now() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = performance.now();
    server.closeIdleConnections();
  };
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
    // One place is left free, for the server itself drops what comes to a full house.
    if (open >= most) makeRoom();
  });
  // It is full where those that fill it were busy at the last look. Who is dropped now gets in when he comes again.
  server.on('drop', makeRoom);
}
