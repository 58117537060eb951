import { connect, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** The network between one client and the brokers: it can be cut and mended. */
export class Network {
  private isCut = false;
  private readonly sockets = new Set<Socket>();

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    // Port 1 refuses: what a client sees of a broker that is down.
    const socket = connect({ host, port: this.isCut ? 1 : port }, onConnect);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  };

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy(new Error('the connection was reset'));
  }

  mend(): void {
    this.isCut = false;
  }

  /** Nothing arrives any more, and no connection breaks: a host that is gone, a process that is stopped. */
  freeze(): void {
    for (const socket of this.sockets) socket.pause();
  }

  thaw(): void {
    for (const socket of this.sockets) socket.resume();
  }
}
