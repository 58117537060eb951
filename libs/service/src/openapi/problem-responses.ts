import { ApiResponse } from '@nestjs/swagger';
import { type ProblemCode, ProblemDocument, problemCatalogue } from '@semel/contracts';
import { openApiSchema } from './openapi-schema.js';

const CODES = Symbol('problem codes');

/** Documents the problems that a route may answer with. Several on one route add up. */
export function ProblemResponses(...codes: ProblemCode[]): MethodDecorator {
  return (target, key, descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') return;
    const before: ProblemCode[] = Reflect.getMetadata(CODES, handler) ?? [];
    const all = [...new Set([...before, ...codes])];
    Reflect.defineMetadata(CODES, all, handler);
    for (const status of new Set(all.map((code) => problemCatalogue[code].status))) {
      const ofStatus = all.filter((code) => problemCatalogue[code].status === status);
      ApiResponse({
        status,
        description: ofStatus.map((code) => `\`${code}\`: ${problemCatalogue[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: openApiSchema(ProblemDocument) } },
      })(target, key, descriptor);
    }
  };
}
