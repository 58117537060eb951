import { Readable } from 'node:stream';
import {
  BadRequestException,
  Body,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Head,
  Header,
  HttpCode,
  Options,
  Patch,
  Post,
  Put,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { from } from 'rxjs';
import { Idempotent } from '../index.js';

/** How often a handler has run. */
export const counted = { runs: 0 };

class Account {
  readonly name = 'alice';
  readonly passwordHash = 'never to be seen';
}

/** Stands for class-transformer, of which only the interceptor is Nest's. */
const transformerPackage = {
  classToPlain: (value: unknown) => ({ ...Object(value), passwordHash: undefined }),
  plainToInstance: (): never => {
    throw new Error('Nothing is made an instance here.');
  },
};

/** Routes that answer in every way that a handler can. */
@Controller('answers')
export class AnswersController {
  @Post('nothing')
  @Idempotent()
  nothing(): void {
    counted.runs += 1;
  }

  @Post('empty')
  @Idempotent()
  empty(): string {
    counted.runs += 1;
    return '';
  }

  @Post('null')
  @Idempotent()
  null(): null {
    counted.runs += 1;
    return null;
  }

  @Put('number')
  @Idempotent()
  number(): number {
    return ++counted.runs;
  }

  @Patch('unicode')
  @Idempotent()
  unicode(): unknown {
    counted.runs += 1;
    return { text: 'zero \u0000, é, 😀 and half of it: \ud83d', list: [1.5, null, true] };
  }

  @Post('image')
  @Header('Content-Type', 'image/png')
  @Idempotent()
  image(): Buffer {
    counted.runs += 1;
    return Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
  }

  @Post('broken-text')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Idempotent()
  brokenText(): Buffer {
    counted.runs += 1;
    return Buffer.from([0x61, 0xff, 0xfe, 0x62]);
  }

  @Post('status')
  @HttpCode(202)
  @Header('ETag', '"v1"')
  @Header('Cache-Control', 'no-store')
  @Idempotent()
  status(
    @Res({ passthrough: true }) response: {
      status(code: number): unknown;
      header(name: string, value: string): unknown;
    },
  ): unknown {
    counted.runs += 1;
    response.status(207);
    response.header('Content-Language', 'la');
    response.header('Content-Location', '/answers/1');
    response.header('Last-Modified', 'Wed, 25 Nov 2026 05:05:34 GMT');
    response.header('Set-Cookie', 'session=secret');
    return { many: true };
  }

  @Post('code')
  @HttpCode(200)
  @Idempotent()
  code(): unknown {
    return { runs: ++counted.runs };
  }

  @Post('observable')
  @Idempotent()
  observable(): unknown {
    counted.runs += 1;
    return from(['first', 'last']);
  }

  @Post('serialized')
  @UseInterceptors(
    new ClassSerializerInterceptor({ getAllAndOverride: () => undefined }, { transformerPackage }),
  )
  @Idempotent()
  serialized(): Account {
    counted.runs += 1;
    return new Account();
  }

  @Post('file')
  @Idempotent()
  file(): StreamableFile {
    counted.runs += 1;
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Post('readable')
  @Idempotent()
  readable(): Readable {
    counted.runs += 1;
    return Readable.from(['a', 'b']);
  }

  @Post('generator')
  @Idempotent()
  async *generator(): AsyncGenerator<string> {
    counted.runs += 1;
    yield 'a';
  }

  @Post('response')
  @Idempotent()
  response(): Response {
    counted.runs += 1;
    return new Response('a');
  }

  @Post('too-large')
  @Idempotent({ maxAnswerBytes: 10 })
  tooLarge(@Body() { refuse }: { refuse: boolean }): string {
    counted.runs += 1;
    if (refuse) throw new BadRequestException('a refusal of more than ten bytes');
    return 'more than ten bytes';
  }

  @Get()
  @Idempotent()
  get(): number {
    return ++counted.runs;
  }

  @Head('head')
  @Idempotent()
  head(): void {
    counted.runs += 1;
  }

  @Options()
  @Idempotent()
  options(): void {
    counted.runs += 1;
  }
}
