import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { PUBLIC, ROLES } from './access.js';
import { AccessTokens } from './access-tokens.js';
import type { Principal } from './principal.js';

/** Lets a request in by its access token and role. Messages of a transport are not its business. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(AccessTokens) private readonly tokens: AccessTokens,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const roles = this.reflector.getAllAndOverride<string[] | undefined>(ROLES, places);
    const principal = this.tokens.principalOf(request.headers.authorization);
    return principal instanceof Promise
      ? principal.then((verified) => admit(verified, roles, request))
      : admit(principal, roles, request);
  }
}

function admit(principal: Principal, roles: readonly string[] | undefined, request: FastifyRequest): true {
  request.principal = principal;
  if (roles !== undefined && !roles.some((role) => principal.roles.includes(role))) {
    throw new Problem(
      'forbidden',
      `This needs the role ${roles.join(' or ')}, which the access token lacks.`,
    );
  }
  return true;
}
