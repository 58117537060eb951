import type { EncodedMessage } from '@semel/contracts';
import type { DataSource } from 'typeorm';

/** What a service has sent so far, by key: the bytes of its outbox, which nothing relays here. */
export class OutboxReader {
  private readonly messages = new Map<string, EncodedMessage[]>();
  private lastId = '0';

  constructor(private readonly dataSource: DataSource) {}

  /** Nothing may be appended at the same time: rows become visible in another order than their ids. */
  async readOn(): Promise<void> {
    const rows = await this.dataSource.query<
      { id: string; key: string; headers: { ce_type: string }; payload: Buffer }[]
    >('SELECT id, key, headers, payload FROM outbox WHERE id > $1 ORDER BY id', [this.lastId]);
    for (const { id, key, headers, payload } of rows) {
      this.lastId = id;
      const message = { key, type: headers.ce_type, value: JSON.parse(payload.toString()) as unknown };
      const known = this.messages.get(key);
      if (known === undefined) this.messages.set(key, [message]);
      else known.push(message);
    }
  }

  /** In the order in which they were sent. */
  of(key: string): readonly EncodedMessage[] {
    return this.messages.get(key) ?? [];
  }
}
