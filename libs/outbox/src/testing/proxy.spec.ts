import net from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Stands between a Kafka client and its brokers, whatever addresses they advertise; can hold the line or drop it. */
export class BrokerProxy {
  readonly #sockets = new Set<net.Socket>();
  #holding = false;
  #down = false;

  readonly #server = net.createServer((client) => {
    client.once('readable', () => {
      const address = String(client.read(64)).trim();
      const [host, port] = address.split(' ');
      const broker = net.connect(Number(port), host);
      for (const [one, other] of [
        [client, broker],
        [broker, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
      broker.pipe(client);
      client.on('data', (bytes) => {
        if (this.#holding) this.onHeld?.(bytes.length);
        else broker.write(bytes);
      });
    });
  });

  /** Told when bytes for a broker have been swallowed. */
  onHeld: ((bytes: number) => void) | undefined;

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** For kafkajs: tells the proxy first which broker is meant. */
  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    const socket = net.connect(this.#down ? 1 : address.port, '127.0.0.1', () => {
      socket.write(`${host} ${port}`.padEnd(64));
      onConnect();
    });
    return socket;
  };

  /** What clients send from now on vanishes. */
  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
  }

  /** Every connection breaks, and new ones are refused. */
  down(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  up(): void {
    this.#down = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
