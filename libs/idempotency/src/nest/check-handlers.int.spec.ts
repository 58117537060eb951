import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Next,
  Post,
  Redirect,
  Render,
  Res,
  Sse,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { createTestDatabase, type TestDatabase } from '@semel/platform/testing';
import { of } from 'rxjs';
import { Idempotent } from '../index.js';
import { migrateShop } from '../spec/shop.js';
import { type App, type AppParts, startApp } from '../spec/start-app.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(migrateShop, 'idempotency-shop');
});
afterAll(() => database.drop());

const transformerPackage = {
  classToPlain: () => ({}),
  plainToInstance: (): never => {
    throw new Error('Nothing is made an instance here.');
  },
};

class Serializer extends ClassSerializerInterceptor {
  constructor() {
    super(new Reflector(), { transformerPackage });
  }
}

class NoProvider {
  execute = () => Promise.resolve([]);
}

@Controller('sse')
class SseController {
  @Idempotent()
  @Sse('events')
  events() {
    return of({ data: 'x' });
  }
}

@Controller('response')
class ResponseController {
  @Idempotent()
  @Post()
  write(@Res() response: { send(body: string): void }): void {
    response.send('before the commit');
  }
}

@Controller('next')
class NextController {
  @Idempotent()
  @Post()
  write(@Next() next: () => void): void {
    next();
  }
}

@Controller('redirect')
class RedirectController {
  @Idempotent()
  @Post()
  @Redirect('/elsewhere')
  write(): void {}
}

@Controller('render')
class RenderController {
  @Idempotent()
  @Post()
  @Render('page')
  write(): unknown {
    return {};
  }
}

@Controller()
class NamelessConsumer {
  @Idempotent()
  @EventPattern<string>('topic')
  nameless(): void {}
}

@Controller('group')
class GroupController {
  @Idempotent({ group: NoProvider })
  @Post()
  group(): void {}
}

@Controller('serialized')
@UseInterceptors(Serializer)
class SerializedController {
  @Idempotent()
  @Post()
  write(): unknown {
    return {};
  }
}

@Controller('plain')
class PlainController {
  @Idempotent()
  @Post()
  write(): unknown {
    return {};
  }
}

const globally = { prepare: (app: App) => void app.useGlobalInterceptors(new Serializer()) };
const provided = { providers: [{ provide: APP_INTERCEPTOR, useClass: Serializer }] };

describe('does not start with a handler that could not keep the promise:', () => {
  it.each<[string, Type, RegExp, ...Partial<AppParts>[]]>([
    ['server-sent events', SseController, /SseController\.events .* server-sent events/],
    [
      'an answer that the handler writes itself, before the commit',
      ResponseController,
      /ResponseController\.write .*\(take @Res\(\{ passthrough: true \}\)/,
    ],
    [
      'an answer that it leaves to what comes next',
      NextController,
      /NextController\.write .* @Next\(\) itself/,
    ],
    [
      'a redirection that is made after the commit',
      RedirectController,
      /RedirectController\.write .* @Redirect\(\)/,
    ],
    ['a page that is rendered after the commit', RenderController, /RenderController\.write .* @Render\(\)/],
    ['a consumer without a name', NamelessConsumer, /give NamelessConsumer\.nameless a name of its own/],
    [
      'a group handler that is nobody’s provider',
      GroupController,
      /"group" is "NoProvider": make it a provider/,
    ],
    ['a serializer on its class', SerializedController, /put it on SerializedController\.write itself/],
    ['a global serializer', PlainController, /put it on PlainController\.write itself/, globally],
    [
      'a global serializer that is provided',
      PlainController,
      /put it on PlainController\.write itself/,
      provided,
    ],
  ])('%s', async (_, controller, message, ...[parts]) => {
    await expect(startApp('fastify', database.url, { controllers: [controller], ...parts })).rejects.toThrow(
      message,
    );
  });
});

@Controller('mixed')
@Idempotent()
class MixedController {
  @Post()
  write(): string {
    return 'x';
  }

  @Get('page')
  @Redirect('/elsewhere')
  page(): void {}

  @Sse('events')
  events() {
    return of({ data: 'x' });
  }
}

it('starts with a decorated class whose GET routes stream and redirect: they are left alone', async () => {
  const { app } = await startApp('fastify', database.url, { controllers: [MixedController] });
  await app.close();
});

abstract class Base {
  runs = 0;

  @Post('inherited')
  inherited(): number {
    return ++this.runs;
  }
}

@Controller('derived')
@Idempotent()
class DerivedController extends Base {}

@Controller('plain-derived')
class PlainDerivedController extends Base {}

it('holds for the handlers that a decorated class inherits, and for nobody else’s', async () => {
  const { app, url } = await startApp('fastify', database.url, {
    controllers: [DerivedController, PlainDerivedController],
  });
  const send = async (path: string) =>
    (await fetch(url + path, { method: 'POST', headers: { 'idempotency-key': 'k' } })).text();
  for (const _ of [1, 2]) expect(await send('/derived/inherited')).toBe('1');
  for (const run of ['1', '2']) expect(await send('/plain-derived/inherited')).toBe(run);
  await app.close();
});
