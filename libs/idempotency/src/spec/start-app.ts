import { type DynamicModule, type LoggerService, Module, type Provider, type Type } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  engineConnectionOptions,
  type HttpRequest,
  IdempotencyModule,
  type IdempotencyOptions,
} from '../index.js';

export type App = NestFastifyApplication | NestExpressApplication;
export type AdapterName = 'fastify' | 'express';

export interface RunningApp {
  readonly app: App;
  readonly url: string;
}

export interface AppParts {
  readonly controllers: Type[];
  readonly providers?: Provider[];
  readonly entities?: Type[];
  readonly imports?: DynamicModule[];
  readonly options?: IdempotencyOptions;
  /** The library's own way to tell the caller, in place of `x-caller`. */
  readonly defaultScope?: boolean;
  /** Settings of the DataSource's pool. */
  readonly pool?: Record<string, unknown>;
  readonly logger?: LoggerService | false;
  readonly rawBody?: boolean;
  /** Has the application before it listens. */
  readonly prepare?: (app: App) => void;
}

/** A small application on a real socket. The caller is whom the header `x-caller` names. */
export async function startApp(
  adapter: AdapterName,
  databaseUrl: string,
  parts: AppParts,
): Promise<RunningApp> {
  const { controllers, providers = [], entities = [], imports = [], options, pool } = parts;
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: databaseUrl,
        entities,
        installExtensions: false,
        extra: { ...engineConnectionOptions(), max: 5, ...pool },
      }),
      ...imports,
      IdempotencyModule.forRoot({ ...(!parts.defaultScope && { scope: namedCaller }), ...options }),
    ],
    controllers,
    providers,
  })
  class SpecModule {}

  const { logger = false, rawBody = true } = parts;
  const builder = await Test.createTestingModule({ imports: [SpecModule] })
    .setLogger(logger || silent)
    .compile();
  const http =
    adapter === 'fastify'
      ? new FastifyAdapter({ routerOptions: { maxParamLength: 1_000 } })
      : new ExpressAdapter();
  const app = builder.createNestApplication<App>(http, { rawBody, logger, abortOnError: false });
  parts.prepare?.(app);
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.get(DataSource).destroy();
    throw error;
  }
  return { app, url: await app.getUrl() };
}

const namedCaller = ({ headers }: HttpRequest): string | undefined => headers['x-caller']?.toString();

const nothing = (): void => undefined;
const silent: LoggerService = { log: nothing, warn: nothing, error: nothing };
