import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  Post,
  UnauthorizedException,
  UnprocessableEntityException,
  UseGuards,
} from '@nestjs/common';
import { deferred } from '../engine/deferred.js';
import { type GroupAnswer, type GroupHandler, Idempotent, type Operation } from '../index.js';

class Guard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest();
    if (headers['x-guard'] === '401') throw new UnauthorizedException();
    if (headers['x-guard'] === '403') throw new ForbiddenException();
    return true;
  }
}

export interface Thing {
  readonly text: string;
}

const textPipe = {
  transform(value: unknown): Thing {
    const { text } = Object(value);
    if (typeof text !== 'string') throw new UnprocessableEntityException({ code: 'invalid-request' });
    return { text };
  },
};

@Injectable()
export class Held {
  readonly runs: string[] = [];
  private readonly waiting = new Map<
    string,
    { entered: () => void; go: Promise<void>; release: () => void }
  >();

  /** Holds the operation of this text still. */
  hold(text: string) {
    const [entered, go] = [deferred<void>(), deferred<void>()];
    const release = (): void => {
      this.waiting.delete(text);
      go.resolve();
    };
    this.waiting.set(text, { entered: entered.resolve, go: go.promise, release });
    return { entered: entered.promise, release };
  }

  releaseAll(): void {
    for (const { release } of this.waiting.values()) release();
  }

  async run(text: string): Promise<void> {
    this.runs.push(text);
    const held = this.waiting.get(text);
    held?.entered();
    await held?.go;
    if (text === 'defect') throw new TypeError('a defect');
  }
}

@Injectable()
export class Together implements GroupHandler<Thing> {
  constructor(private readonly held: Held) {}

  async execute(operations: readonly Operation<Thing>[]): Promise<GroupAnswer[]> {
    for (const { input } of operations) await this.held.run(input.text);
    return operations.map(({ input }) => ({ status: 201, body: input }));
  }
}

@Controller('things')
@UseGuards(Guard)
export class ThingsController {
  constructor(private readonly held: Held) {}

  @Post()
  @Idempotent()
  async write(@Body(textPipe) thing: Thing): Promise<Thing> {
    await this.held.run(thing.text);
    return thing;
  }

  @Post('together')
  @Idempotent({ group: Together })
  together(@Body(textPipe) thing: Thing): Thing {
    return thing;
  }
}
