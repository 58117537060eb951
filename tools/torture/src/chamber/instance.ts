import { writeFile } from 'node:fs/promises';
import type { TcpLink } from '@semel/platform';
import type { LinkName } from '../faults/schedule.js';
import type { ServiceName } from './services.js';
import { type SupervisedOptions, SupervisedProcess } from './supervised-process.js';

export interface InstanceOptions extends SupervisedOptions {
  readonly service: ServiceName;
  /** The port of its `http` link. */
  readonly publicPort: number;
  readonly links: Readonly<Record<LinkName, TcpLink>>;
  readonly clockFile: string;
}

/** A service's process, every cable of which can be hurt. */
export class Instance extends SupervisedProcess {
  constructor(private readonly options: InstanceOptions) {
    const { environment, preloads = [], clockFile } = options;
    super({
      ...options,
      environment: { ...environment, CLOCK_FILE: clockFile },
      preloads: [preload('shifted-clock'), ...preloads],
    });
  }

  get service(): ServiceName {
    return this.options.service;
  }

  get links(): InstanceOptions['links'] {
    return this.options.links;
  }

  /** Through the link. */
  get url(): string {
    return `http://127.0.0.1:${this.options.publicPort}`;
  }

  /** Sets its wall clock: at once where it serves, else from its start on. */
  async shiftClock(milliseconds: number): Promise<void> {
    await writeFile(this.options.clockFile, String(milliseconds));
    const { server } = this;
    // Before it listens, the signal could come before its handler, and end it.
    if ((await this.obstacle()) === undefined && server && !server.hasExited)
      process.kill(server.pid, 'SIGUSR2');
  }
}

export function preload(name: string): string {
  return new URL(`../preload/${name}.js`, import.meta.url).href;
}
