import 'reflect-metadata';
import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Module,
  type PipeTransform,
  Post,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  engineConnectionOptions,
  IdempotencyModule,
  Idempotent,
  idempotencyMigrations,
} from '@semel/idempotency';
import { DataSource } from 'typeorm';

const { STORE_URL: url, CONTROL_URL, LEASE_MS, RETENTION_SECONDS } = process.env;

interface EffectBody {
  readonly name: string;
}

const validate: PipeTransform<unknown, EffectBody> = {
  transform(body) {
    if (typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string') {
      return { name: body.name };
    }
    throw new BadRequestException('name is missing');
  },
};

async function pass(place: 'before' | 'after', name: string): Promise<string> {
  const response = await fetch(`${CONTROL_URL}/${place}/${encodeURIComponent(name)}`);
  return response.text();
}

@Controller('effects')
class EffectsController {
  constructor(private readonly dataSource: DataSource) {}

  @Post()
  @Idempotent()
  async make(
    @Body(validate) { name }: EffectBody,
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
  ): Promise<unknown> {
    const instruction = await pass('before', name);
    const [row] = await this.dataSource.query<{ id: number }[]>(
      'INSERT INTO effect (name) VALUES ($1) RETURNING id',
      [name],
    );
    if (instruction === 'refuse') throw new ConflictException(`refused at ${process.hrtime.bigint()}`);
    if (instruction === 'fail') throw new TypeError('a defect');
    await pass('after', name);
    const at = String(process.hrtime.bigint());
    response.header('Location', `/effects/${row?.id}`);
    response.header('ETag', `"${at}"`);
    return { id: row?.id, name, at };
  }
}

const database = { type: 'postgres', url: String(url), installExtensions: false } as const;
const owner = await new DataSource({ ...database, migrations: idempotencyMigrations }).initialize();
await owner.runMigrations();
await owner.destroy();

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...database, extra: engineConnectionOptions() }),
    IdempotencyModule.forRoot({
      scope: ({ headers }) => headers['x-caller']?.toString(),
      operationTimeout: Number(LEASE_MS),
      retention: Number(RETENTION_SECONDS),
      // A key is forgotten when its time is over, and not a grace later.
      sweeper: { grace: 0 },
    }),
  ],
  controllers: [EffectsController],
})
class AppModule {}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  rawBody: true,
  logger: false,
});
await app.listen(0, '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
