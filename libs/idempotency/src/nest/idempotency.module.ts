import {
  type DynamicModule,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OptionalFactoryDependency,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { CheckHandlers } from './check-handlers.js';
import { Idempotency, idempotencyDataSourceToken, idempotencyOptionsToken } from './idempotency.js';
import type { IdempotencyOptions } from './options.js';

export interface IdempotencyAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
  // The factory's parameters are whatever `inject` names: Nest's own shape.
  readonly useFactory: (...dependencies: never[]) => IdempotencyOptions | Promise<IdempotencyOptions>;
  /** The token of the DataSource to use. Default: TypeORM's default one. */
  readonly dataSource?: InjectionToken;
}

/** Import it once, in the root module, beside TypeOrmModule. It is global. */
@Module({})
export class IdempotencyModule {
  static forRoot(options: IdempotencyOptions = {}): DynamicModule {
    return assemble({ provide: idempotencyOptionsToken, useValue: options }, [], options.dataSource);
  }

  static forRootAsync(options: IdempotencyAsyncOptions): DynamicModule {
    return assemble(
      { provide: idempotencyOptionsToken, inject: options.inject ?? [], useFactory: options.useFactory },
      options.imports ?? [],
      options.dataSource,
    );
  }
}

function assemble(
  options: Provider,
  imports: NonNullable<ModuleMetadata['imports']>,
  dataSource: InjectionToken = DataSource,
): DynamicModule {
  return {
    module: IdempotencyModule,
    global: true,
    imports: [DiscoveryModule, ...imports],
    providers: [
      options,
      { provide: idempotencyDataSourceToken, useExisting: dataSource },
      Idempotency,
      CheckHandlers,
    ],
    exports: [Idempotency],
  };
}
