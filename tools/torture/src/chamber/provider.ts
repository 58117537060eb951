import { join } from 'node:path';
import { freePort } from '@semel/platform';
import { root } from '../folders.js';
import { emptyDatabase, type Servers } from './servers.js';
import { SupervisedProcess } from './supervised-process.js';

export interface Provider {
  readonly process: SupervisedProcess;
  readonly port: number;
  /** Past all links: clients plan there what it does to its callers. */
  readonly url: string;
}

/** The payment provider: a process with a ledger of its own, that does to its callers what clients plan for it. */
export async function openProvider(servers: Servers, folder: string): Promise<Provider> {
  const port = await freePort();
  const process = new SupervisedProcess({
    name: 'provider',
    program: join(root, 'examples', 'payment', 'dist', 'provider', 'main.js'),
    port,
    probe: { path: '/', status: 404 },
    logFile: join(folder, 'provider.log'),
    environment: {
      PROVIDER_DATABASE_URL: await emptyDatabase(servers, 'provider'),
      // Longer than a lease lasts without a heartbeat.
      PROVIDER_SLOWNESS: '1500',
    },
  });
  return { process, port, url: `http://127.0.0.1:${port}` };
}
