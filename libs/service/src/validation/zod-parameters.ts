import { Body, Param, type PipeTransform, Query } from '@nestjs/common';
import { ApiBody, ApiParam, ApiQuery } from '@nestjs/swagger';
import type { z } from 'zod';
import { openApiSchema } from '../openapi/openapi-schema.js';
import { invalidRequest, Problem } from '../problems/problem.js';
import { ZodPipe } from './zod-pipe.js';

/** The body, validated: `@ZodBody(PlaceOrder) body: PlaceOrder`. Documented in the OpenAPI document as well. */
export function ZodBody(schema: z.ZodType): ParameterDecorator {
  return documented(
    Body(new ZodPipe(schema, 'body')),
    ApiBody({ schema: openApiSchema(schema), required: true }),
  );
}

/** All query parameters, validated together: `@ZodQuery(ListQuery) query: ListQuery`. Parameters that the schema lacks are ignored. */
export function ZodQuery(schema: z.ZodObject): ParameterDecorator {
  const parameters = Object.entries(schema.shape).map(([name, member]) =>
    ApiQuery({ name, required: false, schema: openApiSchema(member) }),
  );
  return documented(Query(new ZodPipe(schema, 'query')), ...parameters);
}

/**
 * A path parameter, validated: `@ZodParam('sku', Sku) sku: Sku`. Where the schema is broken the answer is 422, or 404 for
 * `'not-found'`: an id that can't be any is a resource that doesn't exist.
 */
export function ZodParam(
  name: string,
  schema: z.ZodType,
  otherwise: 'invalid-request' | 'not-found' = 'invalid-request',
): ParameterDecorator {
  const pipe: PipeTransform = {
    transform(value: unknown) {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      if (otherwise === 'not-found') throw new Problem('not-found', 'There is nothing of this id.');
      throw invalidRequest(
        'path',
        parsed.error.issues.map(({ message }) => ({ path: `/${name}`, message })),
      );
    },
  };
  return documented(Param(name, pipe), ApiParam({ name, schema: openApiSchema(schema) }));
}

/** A parameter's decorator that documents its method too. */
function documented(parameter: ParameterDecorator, ...methods: MethodDecorator[]): ParameterDecorator {
  return (target, key, index) => {
    parameter(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key === undefined || descriptor === undefined) return;
    forgetSchemaAsType(target, key, index);
    for (const method of methods) method(target, key, descriptor);
  };
}

/** Where schema and type share a name, swc emits the schema as the parameter's type; Swagger takes types for classes. */
function forgetSchemaAsType(target: object, key: string | symbol, index: number): void {
  const types: unknown[] = Reflect.getMetadata('design:paramtypes', target, key) ?? [];
  if (typeof types[index] === 'function') return;
  Reflect.defineMetadata('design:paramtypes', types.with(index, Object), target, key);
}
