import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refusal } from './refusal.js';
import type { Secret } from './secret.js';

/** What is asked of the control: the path's parts that the route left open, and the body. */
export interface Asked {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** By method and path; a part that is `*` is handed on. What it returns is the answer, as JSON. */
export type Routes = Readonly<Record<string, (asked: Asked) => unknown>>;

const mostBytes = 10_000;

/** A server on loopback that answers only who knows the secret. */
export class ControlServer {
  private constructor(private readonly server: Server) {}

  static async listen(routes: Routes, secret: Secret): Promise<ControlServer> {
    const server = createServer((request, response) => void answer(routes, secret, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    // The stack does not live for its control.
    server.unref();
    return new ControlServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function answer(
  routes: Routes,
  secret: Secret,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!secret.isIn(request.headers.authorization)) {
      request.resume();
      return send(response, 401, { detail: 'The control of the stack answers only its own console.' });
    }
    const url = new URL(request.url ?? '/', 'http://control');
    const body = await bodyOf(request);
    for (const [route, handle] of Object.entries(routes)) {
      const parts = match(route, `${request.method} ${url.pathname}`);
      if (parts === undefined) continue;
      return send(response, 200, (await handle({ parts, query: url.searchParams, body })) ?? {});
    }
    throw new Refusal(`The control has no ${request.method} ${url.pathname}.`, { status: 404 });
  } catch (error) {
    if (error instanceof Refusal) return send(response, error.status, { detail: error.message });
    // A database or a broker that was just killed on purpose: the page asks again.
    send(response, 503, { detail: error instanceof Error ? error.message : String(error) });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function match(route: string, asked: string): string[] | undefined {
  const [wanted, given] = [route.split('/'), asked.split('/')];
  if (wanted.length !== given.length) return undefined;
  const parts: string[] = [];
  for (const [index, part] of wanted.entries()) {
    const found = given[index] ?? '';
    if (part === '*') parts.push(decodeURIComponent(found));
    else if (part !== found) return undefined;
  }
  return parts;
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > mostBytes) throw new Refusal('That is too much to ask for.', { status: 400 });
  }
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch (cause) {
    throw new Refusal('The body is no JSON.', { status: 400, cause });
  }
}

/** A number of the body within bounds. @throws Refusal 400 */
export function numberIn(body: Asked['body'], name: string, least: number, most: number): number {
  const { [name]: value } = body;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most) {
    throw new Refusal(`${name} is a number from ${least} to ${most}.`, { status: 400 });
  }
  return value;
}
