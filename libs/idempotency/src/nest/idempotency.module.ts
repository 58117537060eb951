import {
  type DynamicModule,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OptionalFactoryDependency,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { ConnectionSource } from '../connection.js';
import { IdempotencyOptionsError } from '../errors.js';
import { joinAmbientTransactions } from '../typeorm/join-ambient.js';
import type { TypeOrmDataSource } from '../typeorm/shapes.js';
import { TypeOrmConnections } from '../typeorm/typeorm-connections.js';
import { CheckHandlers } from './check-handlers.js';
import { Idempotency, idempotencyConnectionsToken, idempotencyOptionsToken } from './idempotency.js';
import type { IdempotencyOptions } from './options.js';

export interface IdempotencyAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
  // The factory's parameters are whatever `inject` names: Nest's own shape.
  readonly useFactory: (...dependencies: never[]) => IdempotencyOptions | Promise<IdempotencyOptions>;
  /** The token of the DataSource to use. Default: TypeORM's default one. */
  readonly dataSource?: InjectionToken;
  /** The token of a source of connections to use instead of a DataSource, e.g. of `PgConnections`. */
  readonly connections?: InjectionToken;
}

/**
 * Import it once, in the root module: beside TypeOrmModule, or with `connections` of your own. It is global.
 */
@Module({})
export class IdempotencyModule {
  static forRoot(options: IdempotencyOptions = {}): DynamicModule | Promise<DynamicModule> {
    const provider = { provide: idempotencyOptionsToken, useValue: options };
    const { connections, dataSource } = options;
    return connections
      ? assemble(provider, [], { provide: idempotencyConnectionsToken, useValue: connections })
      : assembleOverTypeOrm(provider, [], dataSource);
  }

  static forRootAsync(options: IdempotencyAsyncOptions): DynamicModule | Promise<DynamicModule> {
    const { imports = [], inject = [], useFactory, connections, dataSource } = options;
    const provider = { provide: idempotencyOptionsToken, inject, useFactory };
    return connections
      ? assemble(provider, imports, { provide: idempotencyConnectionsToken, useExisting: connections })
      : assembleOverTypeOrm(provider, imports, dataSource);
  }
}

type Imports = NonNullable<ModuleMetadata['imports']>;

function assembleOverTypeOrm(
  options: Provider,
  imports: Imports,
  dataSource?: InjectionToken,
): DynamicModule | Promise<DynamicModule> {
  const over = (token: InjectionToken): DynamicModule =>
    assemble(options, imports, {
      provide: idempotencyConnectionsToken,
      inject: [token],
      useFactory: (source: TypeOrmDataSource): ConnectionSource => {
        joinAmbientTransactions(source);
        return new TypeOrmConnections(source);
      },
    });
  return dataSource === undefined ? defaultDataSource().then(over) : over(dataSource);
}

/** The token of TypeORM's default DataSource is its class: loaded here, so that others need no TypeORM. */
function defaultDataSource(): Promise<InjectionToken> {
  return import('typeorm').then(
    (typeorm) => typeorm.DataSource,
    (cause) => {
      throw new IdempotencyOptionsError(
        'connections',
        undefined,
        'install typeorm, or give a source of connections: new PgConnections(pool) of @semel/idempotency/pg.',
        { cause },
      );
    },
  );
}

function assemble(options: Provider, imports: Imports, connections: Provider): DynamicModule {
  return {
    module: IdempotencyModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    providers: [options, connections, Idempotency, CheckHandlers],
    exports: [Idempotency],
  };
}
