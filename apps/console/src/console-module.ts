import { type DynamicModule, Module } from '@nestjs/common';
import { GatewayController } from './gateway/gateway.controller.js';
import { LostAnswers } from './gateway/lost-answers.js';
import { HOSTS } from './gateway/same-origin.guard.js';
import { UPSTREAMS, type Upstreams } from './gateway/upstream.js';
import { PAGE_FOLDER, PageFiles } from './page/page-files.js';

export interface ConsoleOptions {
  readonly upstreams: Upstreams;
  /** Host names, besides those of this machine itself, by which browsers may reach the console. */
  readonly hosts: readonly string[];
  /** Where the built page lies. */
  readonly pageFolder: string;
}

@Module({})
class ConsoleModule {}

/** The page and the gateway behind it. */
export function consoleModule({ upstreams, hosts, pageFolder }: ConsoleOptions): DynamicModule {
  return {
    module: ConsoleModule,
    controllers: [GatewayController],
    providers: [
      LostAnswers,
      PageFiles,
      { provide: UPSTREAMS, useValue: upstreams },
      { provide: HOSTS, useValue: hosts },
      { provide: PAGE_FOLDER, useValue: pageFolder },
    ],
  };
}
