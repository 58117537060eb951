import type { KafkaObserver } from '../observer.js';

type Events = { [Name in keyof KafkaObserver]-?: Parameters<Required<KafkaObserver>[Name]>[0][] };

/** Writes down what the transport reports, and lets a test wait for it. */
export class Journal implements Required<KafkaObserver> {
  private readonly events: Events = {
    joined: [],
    received: [],
    handled: [],
    parked: [],
    waiting: [],
    committed: [],
  };
  private readonly watchers = new Set<() => void>();

  joined: Required<KafkaObserver>['joined'] = (event) => this.note('joined', event);
  received: Required<KafkaObserver>['received'] = (event) => this.note('received', event);
  handled: Required<KafkaObserver>['handled'] = (event) => this.note('handled', event);
  parked: Required<KafkaObserver>['parked'] = (event) => this.note('parked', event);
  waiting: Required<KafkaObserver>['waiting'] = (event) => this.note('waiting', event);
  committed: Required<KafkaObserver>['committed'] = (event) => this.note('committed', event);

  of<Name extends keyof Events>(name: Name): Readonly<Events[Name]> {
    return this.events[name];
  }

  /** Resolves once the condition holds; the test's own time-out is the limit. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (!condition()) return;
        this.watchers.delete(watch);
        resolve();
      };
      this.watchers.add(watch);
      watch();
    });
  }

  /** Lets waiting tests look again: for what a handler writes down itself. */
  look(): void {
    for (const watch of [...this.watchers]) watch();
  }

  private note<Name extends keyof Events>(name: Name, event: Events[Name][number]): void {
    const events: Events[Name][number][] = this.events[name];
    events.push(event);
    this.look();
  }
}
