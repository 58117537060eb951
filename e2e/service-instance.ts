import { ServiceProcess, type ServiceProcessOptions } from '@semel/platform';

/** A service of the shop, which may end and be started again: at the same address, with the same log. */
export class ServiceInstance {
  private process: ServiceProcess | undefined;
  readonly url: string;

  constructor(private readonly options: ServiceProcessOptions) {
    this.url = `http://127.0.0.1:${options.port}`;
  }

  /** Resolves once it says that it is ready. */
  async start(): Promise<void> {
    this.process = await ServiceProcess.spawn(this.options);
    await this.process.ready();
  }

  /** As the kernel does it: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** Stands still, as in a virtual machine that is frozen: its connections stay open, and it does not know. */
  freeze(): void {
    this.process?.hold();
  }

  thaw(): void {
    this.process?.letGo();
  }

  /** An orderly stop. */
  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** @returns the exit code, once it has ended; null where a signal ended it */
  async ended(): Promise<number | null> {
    return (await this.process?.exited)?.code ?? null;
  }
}
