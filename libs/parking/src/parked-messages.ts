import type { Origin, ParkedKeys, ParkedMessage } from '@semel/kafka';
import type { DataSource } from 'typeorm';
import { type RunStatement, statementsOn } from './register/run-statement.js';
import { addMessages } from './sql/add-messages.js';
import { firstOfKeys } from './sql/first-of-keys.js';
import { removeMessages } from './sql/remove-messages.js';

/** Remembers in the service's own database which keys are parked, for the option `parkedKeys` of a KafkaTransport. */
export class ParkedMessages implements ParkedKeys {
  private readonly run: RunStatement;

  constructor(dataSource: Pick<DataSource, 'query'>) {
    this.run = statementsOn(dataSource);
  }

  async firstOf(
    consumer: string,
    topic: string,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, Origin>> {
    const rows = await this.run(firstOfKeys(consumer, topic, keys));
    return new Map(
      rows.map(({ key, at_partition, at_offset }) => [key, { partition: at_partition, offset: at_offset }]),
    );
  }

  async add(consumer: string, topic: string, messages: readonly ParkedMessage[]): Promise<void> {
    await this.run(addMessages(consumer, topic, messages));
  }

  async remove(
    consumer: string,
    topic: string,
    messages: readonly (Origin & { readonly key: string })[],
  ): Promise<void> {
    await this.run(removeMessages(consumer, topic, messages));
  }
}
