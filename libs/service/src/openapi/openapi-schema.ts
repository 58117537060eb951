import type { SchemaObject } from '@nestjs/swagger';
import { z } from 'zod';

/** A zod schema as OpenAPI 3.1 has it, which is JSON Schema 2020-12: what a client may send, before defaults and transforms. */
export function openApiSchema(schema: z.ZodType): SchemaObject {
  const { $schema: _dialect, ...jsonSchema } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      // A number in a query is a string to zod and a number to the reader, and zod drops its default.
      const notes = z.globalRegistry.get(zodSchema);
      if (notes?.type === 'integer') made.default = z.json().parse(notes.default);
    },
  });
  // Swagger's type describes OpenAPI 3.0 and knows only a part of JSON Schema.
  return jsonSchema as SchemaObject;
}
