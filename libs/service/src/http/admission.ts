import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { observeRefusal } from '../metrics/http-metrics.js';
import { Problem } from '../problems/problem.js';
import { renderProblem } from '../problems/render-problem.js';
import { SECURITY_HEADERS } from './security-headers.js';

const RETRY_AFTER = { 'retry-after': '1' };

/**
 * How many requests that change something this process works on at a time; one more is refused before its body is read,
 * before routing and guards. Under overload a refusal has to cost next to nothing, or there is no time left for those
 * that were let in. So it comes before 401 too: it tells nothing but that the process is busy. Reads, probes and metrics
 * are always let in. Requests that said `Prefer: wait` hold no worker: they are counted by themselves.
 */
export class Admission {
  private readonly running = { working: 0, waiting: 0 };

  constructor(private readonly most: number) {}

  /** Stands before everything that listens to the server's requests already. */
  guard(server: Server): void {
    const listeners = server.listeners('request').filter(isRequestListener);
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (!this.admits(request, response)) return refuse(request, response);
      for (const listener of listeners) listener.call(server, request, response);
    });
  }

  private admits({ method, headers }: IncomingMessage, response: ServerResponse): boolean {
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
    const kind = headers.prefer === undefined ? 'working' : 'waiting';
    if (this.running[kind] >= this.most) return false;
    this.running[kind] += 1;
    response.once('close', () => {
      this.running[kind] -= 1;
    });
    return true;
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('overloaded', 'This process works on as many requests as it takes on.', {
    headers: RETRY_AFTER,
  });
  const { status, headers, body } = renderProblem(problem, { url: request.url ?? '/' });
  response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'content-length': body.length }).end(body);
  observeRefusal();
}

/** What Node and Fastify register: an EventEmitter knows its listeners by no better type. */
function isRequestListener(listener: unknown): listener is RequestListener {
  return typeof listener === 'function';
}
