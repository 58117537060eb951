import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { engineConnectionOptions, IdempotencyModule } from '@semel/idempotency';
import { postgresConnection, renderProblem, runService, serviceEnvironment } from '@semel/service';
import { DataSource } from 'typeorm';
import { orderTables } from './order-tables.js';

interface Baseline {
  readonly name: string;
  readonly controller: Type;
  readonly idempotency?: true;
}

/** A service around one controller with everything that Order has around its own: guard, validation, logs, metrics. */
export async function runOrderBaseline({ name, controller, idempotency }: Baseline): Promise<void> {
  await runService({
    name,
    environment: serviceEnvironment(0),
    service: (config) => {
      @Module({
        imports: [
          TypeOrmModule.forRoot({
            ...postgresConnection(config, name),
            entities: orderTables,
            ...(idempotency && { extra: engineConnectionOptions() }),
          }),
          ...(idempotency ? [IdempotencyModule.forRoot({ renderError: renderProblem })] : []),
        ],
        controllers: [controller],
      })
      class BaselineModule {}
      return {
        module: BaselineModule,
        auth: { jwks: config.AUTH_JWKS, issuer: config.AUTH_ISSUER, audience: config.AUTH_AUDIENCE },
        checks: (app) => ({ postgres: () => app.get(DataSource).query('SELECT 1') }),
      };
    },
  });
}
