import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import express from 'express';
import { isValid, leaseMs, makeEffect, Refused, retentionSeconds, store } from './effect.mjs';

await store.query(`CREATE TABLE IF NOT EXISTS powertools (id text PRIMARY KEY, status text NOT NULL, expiration bigint NOT NULL,
  in_progress_expiration bigint, data json, validation text)`);

// "Bring your own persistent store": the conditions of its DynamoDB layer, as SQL. (Its layer for caches forgets the
// hash of the payload when it stores the answer, and would refuse each replay as another request.)
class PostgresPersistenceLayer extends BasePersistenceLayer {
  async _putRecord(record) {
    const { rowCount } = await store.query(
      `INSERT INTO powertools AS p VALUES ($1, $2, $3, $4, NULL, $5)
       ON CONFLICT (id) DO UPDATE SET status = $2, expiration = $3, in_progress_expiration = $4, data = NULL, validation = $5
       WHERE p.expiration < $6 OR (p.status = 'INPROGRESS' AND p.in_progress_expiration < $7)`,
      [
        record.idempotencyKey,
        record.getStatus(),
        record.expiryTimestamp,
        record.inProgressExpiryTimestamp,
        record.payloadHash,
        Math.round(Date.now() / 1000),
        Date.now(),
      ],
    );
    if (rowCount === 0) throw new IdempotencyItemAlreadyExistsError();
  }

  async _getRecord(key) {
    const { rows } = await store.query('SELECT * FROM powertools WHERE id = $1', [key]);
    if (rows.length === 0) throw new IdempotencyItemNotFoundError();
    const [row] = rows;
    return new IdempotencyRecord({
      idempotencyKey: key,
      status: row.status,
      expiryTimestamp: Number(row.expiration),
      inProgressExpiryTimestamp: Number(row.in_progress_expiration),
      responseData: row.data,
      payloadHash: row.validation,
    });
  }

  async _updateRecord(record) {
    await store.query(
      'UPDATE powertools SET status = $2, expiration = $3, data = $4, validation = $5 WHERE id = $1',
      [
        record.idempotencyKey,
        record.getStatus(),
        record.expiryTimestamp,
        JSON.stringify(record.responseData),
        record.payloadHash,
      ],
    );
  }

  async _deleteRecord(record) {
    await store.query('DELETE FROM powertools WHERE id = $1', [record.idempotencyKey]);
  }
}

// A Lambda handler: its result is the whole response, so that all of it is stored.
const handler = async ({ body }) => {
  try {
    const made = await makeEffect(body);
    return {
      statusCode: 201,
      headers: { Location: `/effects/${made.id}`, ETag: `"${made.at}"` },
      body: JSON.stringify(made),
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { statusCode: 409, headers: {}, body: JSON.stringify({ error: error.message }) };
  }
};
const idempotentHandler = makeIdempotent(handler, {
  persistenceStore: new PostgresPersistenceLayer(),
  config: new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: '[method, path, body]',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: retentionSeconds,
  }),
});
const statusOf = {
  IdempotencyKeyError: 400,
  IdempotencyValidationError: 422,
  IdempotencyAlreadyInProgressError: 409,
  IdempotencyPersistenceLayerError: 503,
};

const app = express();
app.use(express.json());
app.post('/effects', async (request, response) => {
  if (!isValid(request.body)) return response.status(400).json({ error: 'name is missing' });
  const given = request.get('idempotency-key');
  const event = {
    method: request.method,
    path: request.path,
    body: request.body,
    key: given && `${request.get('x-caller')}#${given}`,
  };
  try {
    const result = await idempotentHandler(event, { getRemainingTimeInMillis: () => leaseMs });
    response.status(result.statusCode).set(result.headers).type('json').send(result.body);
  } catch (error) {
    response
      .status(statusOf[error.cause?.name] ?? statusOf[error.name] ?? 500)
      .json({ error: error.message });
  }
});
const server = app.listen(0, '127.0.0.1', () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
