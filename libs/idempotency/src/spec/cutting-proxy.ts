import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where to cut a connection: before the server hears of the COMMIT, after it has carried it out, or nowhere. */
export type Cut = 'before the commit' | 'after the commit, before its acknowledgement' | 'nowhere';

// As a statement's text and as a command tag, both end with a zero byte; BEGIN … READ COMMITTED has none there.
const commit = Buffer.from('COMMIT\0');

/** Stands between a client and PostgreSQL; cuts the first connection that commits (after `spared` COMMITs), once. */
export class CuttingProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  cuts = 0;

  constructor(
    private readonly target: URL,
    private readonly cut: Cut,
    private spared = 0,
  ) {
    this.server = createServer((client) => this.relay(client));
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(address.port);
    return url.href;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private relay(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    let committing = false;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
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
