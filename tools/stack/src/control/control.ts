import type { Kafka } from 'kafkajs';
import type { DatabaseUrls } from '../backing/provision.js';
import type { Watched } from '../supervision/running.js';
import { Books } from './books/books.js';
import { invariantsOf } from './books/invariants.js';
import { ControlServer, numberIn, type Routes } from './control-server.js';
import { cutConnections } from './cut-connections.js';
import { Database, type Databases } from './database.js';
import { LateEvents } from './events/late-events.js';
import { sendPoison } from './events/poison.js';
import { TopicTap } from './events/topic-tap.js';
import { ProcessSwitches } from './processes/process-switches.js';
import { Refusal } from './refusal.js';
import { Secret } from './secret.js';
import { ordersGround } from './storm/orders-ground.js';
import { Storm } from './storm/storm.js';
import { newestRows, rowsOfKey, wayOf } from './way/way-of-order.js';

export interface ControlOptions {
  readonly databases: DatabaseUrls;
  readonly kafka: Kafka;
  readonly orderUrl: string;
  /** Signs tokens for the storm's customers. */
  readonly tokenFor: (customer: string) => Promise<string>;
  readonly processes: () => readonly Watched[];
}

/**
 * What the console of a demonstration may do to the stack, and what it may see of it beside the services' own APIs: on loopback, for
 * whoever knows the secret. It exists in stacks that `npm start` has started and nowhere else.
 */
export class Control {
  readonly secret = new Secret();
  private readonly databases: Databases;
  private readonly switches: ProcessSwitches;
  private readonly late: LateEvents;
  private readonly kafka: Kafka;
  private readonly tap: TopicTap;
  private readonly storm: Storm;
  private readonly books: Books;
  private server: ControlServer | undefined;

  private constructor({ databases, kafka, orderUrl, tokenFor, processes }: ControlOptions) {
    this.databases = { order: new Database(databases.order), inventory: new Database(databases.inventory) };
    this.switches = new ProcessSwitches(processes);
    this.late = new LateEvents(this.databases);
    this.kafka = kafka;
    this.tap = new TopicTap(kafka);
    this.storm = new Storm(ordersGround(orderUrl, tokenFor));
    this.books = new Books(this.databases, () => this.storm.testimony());
  }

  static async open(options: ControlOptions): Promise<Control> {
    const control = new Control(options);
    control.server = await ControlServer.listen(control.routes(), control.secret);
    return control;
  }

  get url(): string {
    if (this.server === undefined) throw new Error('The control listens to nobody yet.');
    return this.server.url;
  }

  /** Before the processes are ended: one that is stopped does not hear a signal. */
  calm(): void {
    this.storm.close();
    this.switches.resumeAll();
  }

  async close(): Promise<void> {
    this.calm();
    await this.server?.close();
    await this.tap.close();
    await Promise.all(Object.values(this.databases).map((database) => database.end()));
  }

  private routes(): Routes {
    const service = (name: string | undefined) => {
      if (name !== 'order' && name !== 'inventory')
        throw new Refusal(`There is no database of ${name}.`, { status: 404 });
      return this.databases[name];
    };
    return {
      'GET /state': () => this.state(),
      'POST /processes/*/kill': ({ parts: [name = ''] }) => this.switches.kill(name),
      'POST /processes/*/pause': ({ parts: [name = ''] }) => this.switches.pause(name),
      'POST /processes/*/resume': ({ parts: [name = ''] }) => this.switches.resume(name),
      'POST /databases/*/cut': async ({ parts: [name] }) => ({ ended: await cutConnections(service(name)) }),
      'POST /events/repeat': ({ body }) =>
        this.tap.repeat(body.afterSeconds === null ? undefined : numberIn(body, 'afterSeconds', 0, 60)),
      'POST /events/hold': ({ body }) => this.hold(numberIn(body, 'seconds', 0, 60)),
      'POST /events/poison': () => sendPoison(this.kafka),
      'POST /storm': ({ body }) => this.storm.blow(numberIn(body, 'rate', 0, 200)),
      'GET /ledger': () => this.ledger(),
      'GET /orders/*/way': ({ parts: [id = ''] }) => wayOf(orderId(id), this.databases, this.tap),
      'GET /keys': ({ query }) => {
        const key = query.get('key');
        return key === null ? newestRows(this.databases) : rowsOfKey(key, this.databases);
      },
    };
  }

  private async ledger() {
    const books = await this.books.read();
    return {
      invariants: invariantsOf(books),
      waitingEvents: books.orders.waitingEvents + books.reservations.waitingEvents,
      saved: this.storm.view().saved,
    };
  }

  private state() {
    return {
      processes: this.switches.list(),
      repeat: this.tap.repeating,
      heldForSeconds: this.late.remainingSeconds,
      storm: this.storm.view(),
    };
  }

  private hold(seconds: number): Promise<void> {
    return seconds === 0 ? this.late.letGo() : this.late.hold(seconds);
  }
}

function orderId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new Refusal('That is no order.', { status: 404 });
  return text.toLowerCase();
}
