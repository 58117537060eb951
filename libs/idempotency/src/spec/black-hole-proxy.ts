import type { Socket } from 'node:net';
import { PostgresProxy } from './postgres-proxy.js';

/** On demand it swallows every byte while the connections stay open. */
export class BlackHoleProxy extends PostgresProxy {
  private swallowing = false;

  swallow(): void {
    this.swallowing = true;
  }

  protected relay(client: Socket, server: Socket): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (bytes) => {
        if (!this.swallowing) to.write(bytes);
      });
    }
  }
}
