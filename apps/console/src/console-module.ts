import { type DynamicModule, Module } from '@nestjs/common';
import { CONTROL, DemoController } from './demo/demo.controller.js';
import { GatewayController } from './gateway/gateway.controller.js';
import { LostAnswers } from './gateway/lost-answers.js';
import { Passage } from './gateway/passage.js';
import { HOSTS } from './gateway/same-origin.guard.js';
import { UPSTREAMS, type Upstream, type Upstreams } from './gateway/upstream.js';
import { PAGE_FOLDER, PageFiles } from './page/page-files.js';

export interface ConsoleOptions {
  readonly upstreams: Upstreams;
  /** Host names, besides those of this machine itself, by which browsers may reach the console. */
  readonly hosts: readonly string[];
  /** Where the built page lies. */
  readonly pageFolder: string;
  /** The control of the stack: of a demonstration's alone. */
  readonly control?: Upstream | undefined;
}

@Module({})
class ConsoleModule {}

/** The page and the gateway behind it. */
export function consoleModule({ upstreams, hosts, pageFolder, control }: ConsoleOptions): DynamicModule {
  return {
    module: ConsoleModule,
    controllers: [GatewayController, ...(control === undefined ? [] : [DemoController])],
    providers: [
      LostAnswers,
      Passage,
      PageFiles,
      { provide: UPSTREAMS, useValue: upstreams },
      { provide: HOSTS, useValue: hosts },
      { provide: PAGE_FOLDER, useValue: pageFolder },
      ...(control === undefined ? [] : [{ provide: CONTROL, useValue: control }]),
    ],
  };
}
