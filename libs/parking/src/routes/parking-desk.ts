import { Inject, Injectable } from '@nestjs/common';
import type { ParkedMessageDetail, ParkedMessageSelection, ParkedMessagesChanged } from '@semel/contracts';
import { requireTransaction } from '@semel/idempotency';
import { decodeCursor, encodeCursor, LOG, type Log, Problem } from '@semel/service';
import { z } from 'zod';
import { type Act, act, actOnOne } from '../acts/parking-acts.js';
import { ParkingRegister, Position } from '../register/parking-register.js';

const ProgressCursor = z.tuple([Position, Position]);

/** What operators do about parked messages by request: inside an operation, whose transaction the acts join. */
@Injectable()
export class ParkingDesk {
  constructor(
    @Inject(ParkingRegister) private readonly register: ParkingRegister,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** @throws Problem 404 `not-found` */
  async find(id: string): Promise<ParkedMessageDetail> {
    const found = await this.register.find(id);
    if (found === undefined) throw new Problem('not-found', `No parked message has the id ${id}.`);
    return found;
  }

  /** @throws Problem 422 `invalid-request` for a cursor that is none */
  async actOnMany(
    kind: Act,
    selection: ParkedMessageSelection,
    actor: string,
  ): Promise<ParkedMessagesChanged> {
    const { topic, key, reason, since, limit: rows, cursor } = selection;
    const [after, upTo] = cursor === undefined ? [] : decodeCursor(ProgressCursor, cursor);
    const progress = after === undefined || upTo === undefined ? undefined : { after, upTo };
    const wanted = { topic, key, reason, since: since === undefined ? undefined : new Date(since) };
    const transaction = requireTransaction();
    const { changed, next } = await act(transaction, kind, wanted, { actor, rows, progress });
    transaction.afterCommit(() => this.log.info({ ...wanted, changed, actor }, `parked messages: ${kind}`));
    return { changed, nextCursor: next === undefined ? null : encodeCursor([next.after, next.upTo]) };
  }

  /** @throws Problem 404 `not-found`, 409 `parked-message-settled`, 409 `parked-message-not-replayable` */
  async actOnOne(kind: Act, id: string, actor: string): Promise<ParkedMessageDetail> {
    const transaction = requireTransaction();
    const outcome = await actOnOne(transaction, kind, id, actor);
    const found = await this.find(id);
    if (outcome === 'not-replayable') {
      throw new Problem(
        'parked-message-not-replayable',
        'It has no key that a consumer takes, or no value: it would be parked again whatever was mended.',
      );
    }
    if (outcome === 'settled') {
      throw new Problem('parked-message-settled', `The message was ${found.state} before.`);
    }
    if (outcome === 'done')
      transaction.afterCommit(() =>
        this.log.info({ id, reason: found.reason, actor }, `parked message: ${kind}`),
      );
    return found;
  }
}
