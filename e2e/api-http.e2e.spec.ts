import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestsIn, type WrittenRequest } from './http-file.js';
import { RunningShop, type ServiceName } from './running-shop.js';

const services: readonly ServiceName[] = ['order', 'inventory'];

let shop: RunningShop;
let requests: readonly WrittenRequest[];
const answers = new Map<string, unknown>();

beforeAll(async () => {
  shop = await RunningShop.start();
  requests = requestsIn(await readFile(join(__dirname, '../api.http'), 'utf8'), {
    order: shop.services.order.url,
    inventory: shop.services.inventory.url,
    customer: await shop.token('alice'),
    operator: await shop.token('operator', 'operator'),
  });
}, 120_000);
afterAll(() => shop.stop(), 60_000);

/** A text with what other requests were answered put in. */
function withAnswers(text: string): string {
  return text.replace(/\{\{(\w+)\.response\.body\.\$\.(\w+)\}\}/g, (_, name: string, member: string) => {
    const answer = answers.get(name);
    if (typeof answer !== 'object' || answer === null || !(member in answer))
      throw new Error(`No answer of ${name} has a member ${member}.`);
    return String(Reflect.get(answer, member));
  });
}

async function send({ url, method, headers, body }: WrittenRequest): Promise<Response> {
  return fetch(withAnswers(url), { method, headers, ...(body !== undefined && { body }) });
}

/** Until Inventory has decided the order: whoever sends the requests by hand is slower than that. */
async function untilDecided(path: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const events = await fetch(`${path}/events`, { headers: { ...headers, accept: 'text/event-stream' } });
  let text = '';
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (/"status":"(?:confirmed|rejected)"/.test(text)) return;
  }
  throw new Error('The events ended before the order was decided.');
}

it('is a tour in which every request is answered as it says', async () => {
  expect(requests.length).toBeGreaterThan(25);
  for (const request of requests) {
    const answer = await send(request);
    const [header, value] = request.expected.header ?? [];
    expect({
      title: request.title,
      status: answer.status,
      header: header === undefined ? undefined : answer.headers.get(header)?.split(';')[0],
    }).toEqual({ title: request.title, status: request.expected.status, header: value });
    if (request.name === undefined) await answer.body?.cancel();
    else answers.set(request.name, await answer.json());
    const order = answers.get('place');
    if (request.name === 'place' && typeof order === 'object' && order !== null && 'id' in order)
      await untilDecided(`${shop.services.order.url}/orders/${order.id}`, request.headers);
  }
}, 60_000);

/** Pages about the service, of which its OpenAPI document says nothing. */
const selfDescription = /^\/(?:openapi\.json|problems\/[\w-]+)$/;

it('names only routes of the OpenAPI documents', async () => {
  const routes = new Map<ServiceName, { method: string; path: RegExp }[]>();
  for (const service of services) {
    const answer = await fetch(`${shop.services[service].url}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
    const found = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
      })),
    );
    routes.set(service, found);
  }
  const unknown = requests.filter(({ method, url }) => {
    const service = services.find((name) => url.startsWith(shop.services[name].url));
    const path = url.slice((service && shop.services[service].url.length) ?? 0).split('?')[0] ?? '';
    if (selfDescription.test(path)) return false;
    return !(
      service && routes.get(service)?.some((route) => route.method === method && route.path.test(path))
    );
  });
  expect(unknown.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
});
