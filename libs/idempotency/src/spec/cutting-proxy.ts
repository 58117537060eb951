import type { Socket } from 'node:net';
import { PostgresProxy } from './postgres-proxy.js';

/** Where to cut a connection: before the server hears of the COMMIT, after it has carried it out, or nowhere. */
export type Cut = 'before the commit' | 'after the commit, before its acknowledgement' | 'nowhere';

// As a statement's text and as a command tag, both end with a zero byte; BEGIN … READ COMMITTED has none there.
const commit = Buffer.from('COMMIT\0');

/** Cuts the first connection that commits (after `spared` COMMITs), once. */
export class CuttingProxy extends PostgresProxy {
  cuts = 0;

  constructor(
    target: URL,
    private readonly cut: Cut,
    private spared = 0,
  ) {
    super(target);
  }

  protected relay(client: Socket, server: Socket): void {
    let committing = false;
    client.on('data', (bytes) => {
      if (this.cut !== 'nowhere' && this.cuts === 0 && bytes.includes(commit) && this.spared-- <= 0) {
        this.cuts += 1;
        committing = this.cut !== 'before the commit';
        if (!committing) client.destroy();
      }
      if (!client.destroyed) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!committing) client.write(bytes);
      else if (bytes.includes(commit)) client.destroy();
    });
  }
}
