import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { runService } from '@semel/service';
import { ConsoleEnvironment } from './console-environment.js';
import { consoleModule } from './console-module.js';
import { upstreamsOf } from './gateway/upstream.js';
import { PAGE_POLICY } from './page/page-policy.js';

await runService({
  name: 'console',
  environment: ConsoleEnvironment,
  service: (config) => ({
    module: consoleModule({
      upstreams: upstreamsOf(config),
      hosts: config.CONSOLE_HOSTS ?? [],
      pageFolder: fileURLToPath(new URL('./public', import.meta.url)),
    }),
    auth: 'none',
    contentSecurityPolicy: PAGE_POLICY,
  }),
});
