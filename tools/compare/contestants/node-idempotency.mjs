import 'reflect-metadata';
import { BadRequestException, Body, ConflictException, Controller, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Idempotent, NodeIdempotencyModule } from '@node-idempotency/nestjs';
import { isValid, makeEffect, Refused, retentionSeconds, store } from './effect.mjs';

await store.query(
  'CREATE TABLE IF NOT EXISTS node_idempotency (key text PRIMARY KEY, value text NOT NULL, expires_at timestamptz NOT NULL)',
);

// Its StorageAdapter, with the meaning that its Redis adapter gives it: SET NX PX, SET PX, GET.
const adapter = {
  async setIfNotExists(key, value, { ttl }) {
    const { rowCount } = await store.query(
      `INSERT INTO node_idempotency AS n VALUES ($1, $2, now() + $3 * interval '1 ms')
       ON CONFLICT (key) DO UPDATE SET value = $2, expires_at = now() + $3 * interval '1 ms' WHERE n.expires_at <= now()`,
      [key, value, ttl],
    );
    return rowCount === 1;
  },
  async set(key, value, { ttl }) {
    await store.query(
      `INSERT INTO node_idempotency VALUES ($1, $2, now() + $3 * interval '1 ms')
       ON CONFLICT (key) DO UPDATE SET value = $2, expires_at = now() + $3 * interval '1 ms'`,
      [key, value, ttl],
    );
  },
  async get(key) {
    const { rows } = await store.query(
      'SELECT value FROM node_idempotency WHERE key = $1 AND expires_at > now()',
      [key],
    );
    return rows[0]?.value;
  },
};

class EffectsController {
  async make(body, response) {
    try {
      const made = await makeEffect(body);
      response.set({ Location: `/effects/${made.id}`, ETag: `"${made.at}"` });
      return made;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new ConflictException(error.message, { cause: error });
    }
  }
}
const validate = {
  transform(body) {
    if (!isValid(body)) throw new BadRequestException('name is missing');
    return body;
  },
};
// What TypeScript makes of decorators.
const make = Object.getOwnPropertyDescriptor(EffectsController.prototype, 'make');
Body(validate)(EffectsController.prototype, 'make', 0);
Res({ passthrough: true })(EffectsController.prototype, 'make', 1);
for (const decorate of [Idempotent({ enforceIdempotency: true }), Post()])
  decorate(EffectsController.prototype, 'make', make);
Controller('effects')(EffectsController);

class AppModule {}
Module({
  imports: [
    NodeIdempotencyModule.forRootAsync({ storage: { adapter }, cacheTTLMS: retentionSeconds * 1_000 }),
  ],
  controllers: [EffectsController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
