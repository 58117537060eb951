// The built application, in which a request that names a point (x-fault) stops there for ever: its process is then
// killed from outside. Nothing of the application knows of it.
import { AsyncLocalStorage } from 'node:async_hooks';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';

const [built] = process.argv.slice(2);
const current = new AsyncLocalStorage();

/** Stops whoever was told to stop here. */
const at = (point) => {
  const request = current.getStore();
  if (request?.fault !== point) return undefined;
  process.send({ stopped: request.key });
  return new Promise(() => {});
};

const originalQuery = pg.Client.prototype.query;
pg.Client.prototype.query = function (...args) {
  const [query] = args;
  const text = typeof query === 'string' ? query : query?.text;
  const point =
    {
      'semel-hold-lease': 'before the record',
      'semel-complete-lease': 'before the completion',
    }[query?.name] ?? (text?.startsWith('INSERT INTO "payment"') ? 'before the last writes' : undefined);
  const stopped = point && at(point);
  return stopped ?? Reflect.apply(originalQuery, this, args);
};

const originalFetch = globalThis.fetch;
globalThis.fetch = async (...args) => {
  await at('before the call');
  const response = await originalFetch(...args);
  await at('after the call');
  return response;
};

const { AppModule } = await import(pathToFileURL(built).href);
const app = await NestFactory.create(AppModule, { rawBody: true, logger: false });
app.use((request, response, next) => {
  const { 'x-fault': fault, 'idempotency-key': key } = request.headers;
  current.run({ fault, key }, async () => {
    await at('before the claim');
    const end = response.end;
    response.end = (...args) => {
      const stopped = at('before the answer');
      return stopped === undefined ? Reflect.apply(end, response, args) : response;
    };
    next();
  });
});
await app.listen(0, '127.0.0.1');
process.send({ url: await app.getUrl() });
