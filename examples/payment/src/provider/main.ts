import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Faults } from './faults.js';
import { Ledger } from './ledger.js';

/** Milliseconds that a slow answer takes. */
const slowness = Number(process.env.PROVIDER_SLOWNESS ?? 5_000);
const ledger = new Ledger(process.env.PROVIDER_DATABASE_URL ?? '');
const faults = new Faults(Number(process.env.PROVIDER_FAULTS ?? 0));

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Object(JSON.parse(Buffer.concat(chunks).toString()));
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function charge(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { reference, amount } = await bodyOf(request);
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || typeof reference !== 'string' || typeof amount !== 'number') {
    return answer(response, 400, { error: 'An Idempotency-Key, a reference and an amount are needed.' });
  }
  const asked = { key, reference, amount };
  await ledger.note(asked);
  const fault = faults.of(reference);
  if (fault === 'die before charging') process.kill(process.pid, 'SIGKILL');
  if (fault === 'cut before charging') return void request.socket.destroy();
  const charged = await ledger.charge(asked);
  if (fault === 'die after charging') process.kill(process.pid, 'SIGKILL');
  if (fault === 'cut after charging') return void request.socket.destroy();
  if (fault === 'slow') await pause(slowness);
  if (!charged) return answer(response, 422, { error: 'This key was used for another charge.' });
  answer(response, 201, charged);
}

async function plan(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { reference, fault } = await bodyOf(request);
  const known = faults.plan(String(reference), String(fault));
  answer(response, known ? 200 : 422, { known });
}

const routes = new Map([
  ['POST /charges', charge],
  ['POST /faults', plan],
]);
await ledger.create();
const server = createServer((request, response) => {
  const route = routes.get(`${request.method} ${request.url}`);
  if (!route) return answer(response, 404, { error: 'There are POST /charges and POST /faults.' });
  route(request, response).catch((error: unknown) => {
    process.stderr.write(`provider: ${String(error)}\n`);
    if (!response.headersSent) answer(response, 500, { error: 'The provider failed.' });
  });
});
server.listen(Number(process.env.PORT ?? 4010), '127.0.0.1');
await once(server, 'listening');
process.stdout.write('listening\n');
process.once('SIGTERM', () => {
  server.close(() => void ledger.close());
  server.closeAllConnections();
});
