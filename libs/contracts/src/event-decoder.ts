import type { z } from 'zod';
import { type Violation, violationsOf } from './violation.js';

/** What a decoder reads of a message: its key, its `ce_type` and its value, already parsed from JSON. */
export interface EncodedMessage {
  readonly key: string;
  readonly type: string;
  readonly value: unknown;
}

/** The value as its schema understands it, or why the message can't be processed. */
export type Decoded<Value> =
  | { readonly value: Value }
  | { readonly park: 'unknown-type' | 'schema-violation'; readonly error: string };

export type EventDecoder<Value> = (message: EncodedMessage) => Decoded<Value>;

/** The messages of a topic as a union that narrows by `type`, from a map of type to value. */
export type MessageOf<Values extends Record<string, unknown>> = {
  [Type in keyof Values & string]: {
    readonly key: string;
    readonly type: Type;
    readonly value: Values[Type];
  };
}[keyof Values & string];

/** Decodes by `ce_type`. Unknown members pass; everything else obeys the schema, and the key is the order's id. */
export function decoderOf<Value extends { readonly orderId: string }>(
  schemas: Readonly<Record<string, z.ZodType<Value>>>,
): EventDecoder<Value> {
  const byType = new Map(Object.entries(schemas));
  return ({ key, type, value }) => {
    const schema = byType.get(type);
    if (schema === undefined) {
      const known = [...byType.keys()].join(', ');
      return { park: 'unknown-type', error: `ce_type is ${JSON.stringify(type)}; known here: ${known}` };
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) return { park: 'schema-violation', error: describe(violationsOf(parsed.error)) };
    const { orderId } = parsed.data;
    if (orderId !== key) {
      const error = `/orderId: is ${JSON.stringify(orderId)} but the message key is ${JSON.stringify(key)}`;
      return { park: 'schema-violation', error };
    }
    return { value: parsed.data };
  };
}

function describe(violations: readonly Violation[]): string {
  return violations.map(({ path, message }) => `${path || '(the value)'}: ${message}`).join('; ');
}
