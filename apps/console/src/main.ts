import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { runService } from '@semel/service';
import { ConsoleEnvironment } from './console-environment.js';
import { consoleModule } from './console-module.js';
import { controlUpstream } from './demo/control-upstream.js';
import { upstreamsOf } from './gateway/upstream.js';
import { PAGE_POLICY } from './page/page-policy.js';

await runService({
  name: 'console',
  environment: ConsoleEnvironment,
  service: (config) => {
    const control = controlUpstream(config, process.env);
    // The page without the switches is another build, not a page that hides them.
    const page = control === undefined ? './public' : './public-demo';
    return {
      module: consoleModule({
        upstreams: upstreamsOf(config),
        hosts: config.CONSOLE_HOSTS ?? [],
        pageFolder: fileURLToPath(new URL(page, import.meta.url)),
        control,
      }),
      auth: 'none',
      contentSecurityPolicy: PAGE_POLICY,
    };
  },
});
