import type { Statement } from '@semel/idempotency';

export interface ActRow {
  readonly act: 'replay' | 'discard';
  readonly actor: string;
  readonly at: Date;
}

export function listActs(id: string): Statement<ActRow> {
  return { text: 'SELECT act, actor, at FROM parking_act WHERE entry = $1::uuid ORDER BY id', values: [id] };
}
