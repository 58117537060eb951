import { createHash } from 'node:crypto';
import { freePort, PlatformError, type Progress, runToEnd } from '@semel/platform';
import type { Passwords } from './passwords.js';

/** Of docker-compose.yml, where it publishes the ports of these two by POSTGRES_PORT and KAFKA_PORT. */
export type ComposeService = 'postgres' | 'kafka';

/** The two servers of docker-compose.yml alone, as a project beside the one that `docker compose up` runs. */
export class Compose {
  private readonly project: string;
  private readonly variables: Record<string, string>;

  private constructor(
    private readonly root: string,
    readonly ports: Readonly<Record<ComposeService, number>>,
    passwords: Passwords,
  ) {
    this.project = `semel-backing-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
    this.variables = {
      POSTGRES_PORT: String(ports.postgres),
      KAFKA_PORT: String(ports.kafka),
      POSTGRES_PASSWORD: passwords.superuser,
      ORDER_DATABASE_PASSWORD: passwords.order,
      INVENTORY_DATABASE_PASSWORD: passwords.inventory,
    };
  }

  /** @throws PlatformError `no-engine` where no Docker engine with compose answers */
  static async connect(root: string, passwords: Passwords): Promise<Compose> {
    for (const args of [
      ['compose', 'version'],
      ['info', '--format', '{{.ServerVersion}}'],
    ]) {
      const { code } = await runToEnd('docker', args, { cwd: root });
      if (code !== 0) {
        throw new PlatformError('no Docker engine with compose answers', { code: 'no-engine' });
      }
    }
    return new Compose(root, { postgres: await freePort(), kafka: await freePort() }, passwords);
  }

  /** Starts one of them and waits until it is healthy. */
  async up(service: ComposeService, onProgress: Progress): Promise<void> {
    onProgress(`${service}: starting it with docker compose`);
    const { code, output } = await this.run(['up', '--detach', '--wait', service], onProgress);
    if (code !== 0) {
      throw new PlatformError(
        `docker compose could not start ${service}: ${output.trim().split('\n').at(-1) ?? ''}`,
        {
          code: 'compose-up',
          cause: output,
        },
      );
    }
  }

  async stop(service: ComposeService): Promise<void> {
    await this.run(['stop', service], () => {});
  }

  private run(args: readonly string[], onLine: Progress) {
    return runToEnd('docker', ['compose', '--project-name', this.project, '--progress', 'plain', ...args], {
      cwd: this.root,
      env: { ...process.env, ...this.variables },
      onLeash: true,
      onLine,
    });
  }
}
