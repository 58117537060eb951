import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Place = 'before' | 'after';
/** What a handler is told at its first gate: the effect shall happen, be refused (4xx) or break (5xx). */
export type Instruction = 'go' | 'refuse' | 'fail';

/** Where the handlers of one effect wait before it happens, and again once it has happened. */
export class Gate {
  private readonly held = new Set<Place>();
  private readonly waiting = new Map<Place, ServerResponse[]>();
  private readonly listeners: (() => void)[] = [];
  private readonly arrivals = { before: 0, after: 0 };
  instruction: Instruction = 'go';

  arrive(place: Place, response: ServerResponse): void {
    this.arrivals[place] += 1;
    for (const listener of this.listeners.splice(0)) listener();
    if (this.held.has(place)) this.waiting.set(place, [...(this.waiting.get(place) ?? []), response]);
    else response.end(this.instruction);
  }

  hold(place: Place): void {
    this.held.add(place);
  }

  /** Everybody who waits there goes on, and whoever comes later passes. */
  release(place: Place): void {
    this.held.delete(place);
    for (const response of this.waiting.get(place) ?? []) response.end(this.instruction);
    this.waiting.delete(place);
  }

  /** Holds only those who are there already. */
  letOthersPass(place: Place): void {
    this.held.delete(place);
  }

  /** @throws Error when nobody comes within 15 s */
  async reached(place: Place): Promise<void> {
    const late = AbortSignal.timeout(15_000);
    while (this.arrivals[place] === 0) {
      await new Promise<void>((resolve, reject) => {
        this.listeners.push(resolve);
        late.addEventListener(
          'abort',
          () => reject(new Error(`The handler never got ${place} its effect.`)),
          {
            once: true,
          },
        );
      });
    }
  }

  get runs(): number {
    return this.arrivals.before;
  }
}

/** The harness's end of the gates. */
export class Control {
  private readonly gates = new Map<string, Gate>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const [, place, name] = String(request.url).split('/');
      if (place === 'before' || place === 'after')
        this.gate(decodeURIComponent(String(name))).arrive(place, response);
      else response.writeHead(404).end();
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  gate(name: string): Gate {
    const gate = this.gates.get(name) ?? new Gate();
    this.gates.set(name, gate);
    return gate;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
