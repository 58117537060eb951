import { z } from 'zod';

interface VariableNotes {
  /** What a good value looks like; completes the sentence "PORT: …". */
  readonly cure: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
}

/** What is known about environment variables besides their schema. */
export const variableNotes = z.registry<VariableNotes>();

/** An environment variable: its schema takes the text, its notes explain it when the text is wrong. */
export function variable<Schema extends z.ZodType>(schema: Schema, notes: VariableNotes): Schema {
  variableNotes.add(schema, notes);
  return schema;
}
