import { Controller, Get, HttpException, Param, Req } from '@nestjs/common';
import type { HttpRequest } from '../http/http-exchange.js';
import { readKey } from '../http/idempotency-key.js';
import { Idempotency, type KeyStatus } from './idempotency.js';

/** `GET /idempotency-keys/{key}`: what became of one of the caller's own keys. Another caller's is not told to exist. */
@Controller('idempotency-keys')
export class IdempotencyKeysController {
  constructor(private readonly idempotency: Idempotency) {}

  @Get(':key')
  async find(@Req() request: HttpRequest, @Param('key') text: string): Promise<KeyStatus> {
    const reading = readKey([text]);
    const status =
      reading.kind === 'key'
        ? await this.idempotency.find(this.idempotency.scopeOf(request), reading.key)
        : undefined;
    if (!status) {
      throw new HttpException(
        {
          code: 'not-found',
          title: 'Not found',
          status: 404,
          detail: 'You used no such key, or it has expired.',
        },
        404,
      );
    }
    return status;
  }
}
