import express from 'express';
import idempotent from 'express-idempotency';
import { isValid, makeEffect, Refused, retentionSeconds, store } from './effect.mjs';

await store.query(
  'CREATE TABLE IF NOT EXISTS express_idempotency (key text PRIMARY KEY, resource json NOT NULL, expires_at timestamptz NOT NULL)',
);

// The interface that its README asks for; a key that is taken is an error, as in its own adapter for MongoDB.
const dataAdapter = {
  async findByIdempotencyKey(key) {
    const { rows } = await store.query(
      'SELECT resource FROM express_idempotency WHERE key = $1 AND expires_at > now()',
      [key],
    );
    return rows[0]?.resource ?? null;
  },
  async create(resource) {
    await store.query('DELETE FROM express_idempotency WHERE key = $1 AND expires_at <= now()', [
      resource.idempotencyKey,
    ]);
    await store.query(`INSERT INTO express_idempotency VALUES ($1, $2, now() + make_interval(secs => $3))`, [
      resource.idempotencyKey,
      JSON.stringify(resource),
      retentionSeconds,
    ]);
  },
  async update(resource) {
    await store.query('UPDATE express_idempotency SET resource = $2 WHERE key = $1', [
      resource.idempotencyKey,
      JSON.stringify(resource),
    ]);
  },
  async delete(key) {
    await store.query('DELETE FROM express_idempotency WHERE key = $1', [key]);
  },
};

const validate = (request, response, next) => {
  if (isValid(request.body)) next();
  else response.status(400).json({ error: 'name is missing' });
};

const app = express();
app.use(express.json());
app.post('/effects', validate, idempotent.idempotency({ dataAdapter }), async (request, response) => {
  const service = idempotent.getSharedIdempotencyService();
  if (service.isHit(request)) return;
  try {
    const body = await makeEffect(request.body);
    response
      .status(201)
      .set({ Location: `/effects/${body.id}`, ETag: `"${body.at}"` })
      .send(body);
  } catch (error) {
    await service.reportError(request);
    if (!(error instanceof Refused)) throw error;
    response.status(409).send({ error: error.message });
  }
});
app.use((error, _request, response, _next) => {
  if (response.headersSent) return;
  // The middleware sets 409 or 417 before it passes its error on.
  if (response.statusCode < 400) response.status(500);
  response.json({ error: error.message });
});
const server = app.listen(0, '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
