import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a database that can be cut: connections break, new ones are refused, until it is mended. */
export class SeverableLink {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private severed = false;

  constructor(private readonly target: URL) {
    this.server = createServer((near) => {
      if (this.severed) {
        near.destroy();
        return;
      }
      const far = connect(Number(this.target.port), this.target.hostname);
      near.pipe(far).pipe(near);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket);
        // What breaks at one end is broken at the other; there is nobody to tell.
        socket.on('error', () => other.destroy());
        socket.once('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
      }
    });
  }

  /** @returns the URL that leads through the link */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.toString();
  }

  cut(): void {
    this.severed = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.severed = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
