import { Validator } from '@seriousme/openapi-schema-validator';
import type { Service } from '../create-service.js';
import { startSmallShop } from '../testing/small-shop.spec.js';

let service: Service;
let url: string;
beforeAll(async () => {
  ({ service, url } = await startSmallShop());
});
afterAll(() => service.stop());

interface Operation {
  readonly parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  readonly responses: Record<string, { description: string; content?: object }>;
  readonly requestBody?: { content: Record<string, { schema: Record<string, unknown> }> };
  readonly security?: object[];
}
const documentOf = async () =>
  (await (await fetch(`${url}/openapi.json`)).json()) as {
    openapi: string;
    security: object[];
    paths: Record<string, Record<string, Operation>>;
  };

it('is a valid OpenAPI 3.1 document', async () => {
  const document = await documentOf();
  expect(document.openapi).toBe('3.1.0');
  const { valid, errors } = await new Validator().validate(document);
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

it('documents the key, the body’s limits and the problems of a route that runs once', async () => {
  const place = (await documentOf()).paths['/orders']?.post;
  expect(place?.parameters?.find(({ name }) => name === 'Idempotency-Key')).toMatchObject({
    in: 'header',
    required: true,
    schema: { type: 'string', maxLength: 255 },
  });
  expect(place?.requestBody?.content['application/json']?.schema).toMatchObject({
    additionalProperties: false,
    properties: { lines: { minItems: 1, maxItems: 100 }, note: { maxLength: 2_000 } },
  });
  expect(Object.keys(place?.responses ?? {})).toEqual(expect.arrayContaining(['400', '409', '422', '503']));
  for (const code of ['idempotency-key-reused', 'unknown-product', 'invalid-request']) {
    expect(place?.responses['422']?.description).toContain(code);
  }
  expect(place?.responses['422']?.content).toHaveProperty(['application/problem+json']);
});

it('documents query and path parameters by their schemas', async () => {
  const { paths } = await documentOf();
  expect(paths['/orders']?.get?.parameters?.find(({ name }) => name === 'limit')).toMatchObject({
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  });
  expect(paths['/stock/{sku}']?.put?.parameters).toMatchObject([
    { name: 'sku', in: 'path', required: true, schema: { pattern: '^[A-Za-z0-9._-]{1,64}$' } },
  ]);
});

it('asks for a token everywhere but on public routes', async () => {
  const { security, paths } = await documentOf();
  expect(security).toEqual([{ accessToken: [] }]);
  expect(paths['/health/ready']?.get?.security).toEqual([]);
});

it('has a page that loads nothing from elsewhere', async () => {
  const page = await fetch(`${url}/docs`);
  expect(page.status).toBe(200);
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => String(address));
  expect(assets.length).toBeGreaterThan(3);
  for (const asset of assets) {
    const address = new URL(asset, `${url}/docs`);
    expect(address.origin).toBe(url);
    expect((await fetch(address)).status).toBe(200);
  }
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
});
