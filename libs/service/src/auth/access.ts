import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import type { Principal } from './principal.js';

export const PUBLIC = 'semel:public';
export const ROLES = 'semel:roles';

/** A route that needs no access token. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** A route for tokens with one of these roles; others get 403. */
export const Roles = (...roles: string[]): ClassDecorator & MethodDecorator => SetMetadata(ROLES, roles);

/** The principal of the request, as a handler's parameter: `@Caller() caller: Principal`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === undefined) throw new Problem('unauthorized', 'The route needs an access token.');
  return principal;
});
