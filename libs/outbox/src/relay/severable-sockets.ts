import net from 'node:net';
import tls from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/**
 * The sockets of one kafkajs client, so that they can be cut for good. `disconnect()` alone doesn't do: a send that is
 * being retried connects again by itself and delivers after all. Once severed, every open socket is destroyed and no
 * new one is made, so not a byte of that client reaches a broker any more.
 */
export class SeverableSockets {
  readonly #open = new Set<net.Socket>();
  #severed = false;

  constructor(private readonly connect: ISocketFactory = connectSocket) {}

  readonly factory: ISocketFactory = (args) => {
    if (this.#severed) throw new Error('This connection was cut after a send that failed.');
    const socket = this.connect(args);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  sever(): void {
    this.#severed = true;
    // With an error: kafkajs doesn't listen for a plain 'close', and would keep waiting for answers.
    for (const socket of this.#open) socket.destroy(new Error('cut'));
  }
}

/** As kafkajs connects by default (network/socketFactory.js), which it doesn't export. */
const connectSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? tls.connect({ host, port, ...(net.isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect);
  return socket.setKeepAlive(true, 60_000);
};
