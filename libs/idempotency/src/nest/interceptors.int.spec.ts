import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type NestInterceptor,
  Param,
  Post,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { catchError, map, type Observable, tap, throwError } from 'rxjs';
import { DataSource } from 'typeorm';
import { HandlerSkippedError, Idempotent } from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type AdapterName, type RunningApp, startApp } from '../spec/start-app.js';

const log: string[] = [];

const guard: CanActivate = { canActivate: () => Boolean(log.push('guard')) };

function interceptor(name: string): NestInterceptor {
  return {
    intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
      log.push(`${name} in`);
      return next.handle().pipe(
        tap((value) => log.push(`${name} out: ${Buffer.isBuffer(value) ? 'bytes' : JSON.stringify(value)}`)),
        catchError((error) => {
          log.push(`${name} out: ${error instanceof HandlerSkippedError ? 'skipped' : String(error)}`);
          return throwError(() => error);
        }),
      );
    },
  };
}

const shaping: NestInterceptor = {
  intercept: (_, next) => next.handle().pipe(map((value) => ({ shaped: value }))),
};

const pipe = {
  transform(value: unknown): unknown {
    log.push('pipe');
    return value;
  },
};

@Controller('order')
@UseGuards(guard)
@UseInterceptors(interceptor('class'))
class OrderController {
  @UseInterceptors(interceptor('inner'), shaping)
  @Idempotent()
  @Post(':id')
  above(@Param('id', pipe) id: string): string {
    log.push('handler');
    return id;
  }

  @Idempotent()
  @UseInterceptors(interceptor('inner'), shaping)
  @Post('below/:id')
  below(@Param('id', pipe) id: string): string {
    log.push('handler');
    return id;
  }
}

const observer = { claimed: () => void log.push('claim'), committed: () => void log.push('commit') };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

describe.each<AdapterName>(['fastify', 'express'])('over %s', (adapter) => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp(adapter, database.url, {
      controllers: [OrderController],
      options: { observer },
      prepare: (app) => void app.useGlobalInterceptors(interceptor('global')),
    });
  });
  afterAll(() => running.app.close());
  beforeEach(() => running.app.get(DataSource).query('TRUNCATE idempotency_key'));

  async function send(path: string): Promise<[string, string[]]> {
    log.length = 0;
    const response = await fetch(running.url + path, { method: 'POST', headers: { 'idempotency-key': 'k' } });
    return [await response.text(), [...log]];
  }

  const outside = adapter === 'fastify' ? 'bytes' : JSON.stringify('{"shaped":"x"}');

  it.each([
    ['above', '/order/x'],
    ['below', '/order/below/x'],
  ])(
    'has the handler’s own interceptors inside and all others outside, with those %s the decorator',
    async (_, path) => {
      const [first, ran] = await send(path);
      expect(ran).toEqual([
        ...['guard', 'global in', 'class in', 'inner in', 'pipe', 'claim', 'handler'],
        ...['inner out: {"shaped":"x"}', 'commit', `class out: ${outside}`, `global out: ${outside}`],
      ]);
      const [again, replayed] = await send(path);
      expect(replayed).toEqual([
        // No claim: this process remembers the answer, and the table confirms it.
        ...['guard', 'global in', 'class in', 'inner in', 'pipe'],
        ...[`class out: ${outside}`, `global out: ${outside}`, 'inner out: skipped'],
      ]);
      expect([first, again]).toEqual(['{"shaped":"x"}', '{"shaped":"x"}']);
    },
  );
});
