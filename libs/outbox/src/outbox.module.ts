import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OutboxOptionsError } from './errors.js';
import { type OutboxOptions, type OutboxSettings, settingsOf } from './options.js';
import { Outbox } from './outbox.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { poolConfigOf } from './relay/pool-config.js';

const SETTINGS = Symbol('OutboxSettings');

export interface OutboxAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  /** Its parameters are what `inject` names. */
  readonly useFactory: (...dependencies: never[]) => OutboxOptions | Promise<OutboxOptions>;
}

/**
 * Gives {@link Outbox} and {@link OutboxRelay} to the whole application. Relays from the application's bootstrap on, and
 * stops in onApplicationShutdown, which Nest calls once servers and consumers are closed. For that `enableShutdownHooks()` or `app.close()` is needed.
 */
@Module({})
export class OutboxModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(OutboxRelay) private readonly relay: OutboxRelay) {}

  static forRoot(options: OutboxOptions): DynamicModule {
    return OutboxModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: OutboxAsyncOptions): DynamicModule {
    const settings: Provider = {
      provide: SETTINGS,
      inject,
      useFactory: async (...dependencies: never[]): Promise<OutboxSettings> =>
        settingsOf(await useFactory(...dependencies)),
    };
    const relay: Provider = {
      provide: OutboxRelay,
      inject: [SETTINGS, { token: DataSource, optional: true }],
      useFactory: (given: OutboxSettings, dataSource?: DataSource) =>
        new OutboxRelay(given, given.database ?? poolOf(dataSource)),
    };
    const outbox: Provider = {
      provide: Outbox,
      inject: [SETTINGS, OutboxRelay],
      useFactory: (given: OutboxSettings, running: OutboxRelay) =>
        new Outbox(given.source, () => running.wake()),
    };
    return {
      module: OutboxModule,
      global: true,
      imports,
      providers: [settings, relay, outbox],
      exports: [Outbox, OutboxRelay],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}

function poolOf(dataSource: DataSource | undefined) {
  if (dataSource === undefined) {
    throw new OutboxOptionsError(
      'database',
      undefined,
      'give it, or import TypeOrmModule.forRoot() in the application.',
    );
  }
  return poolConfigOf(dataSource);
}
