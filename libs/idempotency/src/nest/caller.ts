import type { HttpRequest } from '../http/http-exchange.js';

interface Principal {
  readonly sub?: unknown;
  readonly userId?: unknown;
  readonly id?: unknown;
}

type AuthenticatedRequest = HttpRequest & { readonly principal?: Principal; readonly user?: Principal };

/** The default scope: whom a guard says that the request is from, under the names that guards use for it. */
export function signedInCaller(request: AuthenticatedRequest): string | undefined {
  for (const principal of [request.principal, request.user]) {
    const name = principal?.sub ?? principal?.userId ?? principal?.id;
    if (name !== undefined && name !== null) return String(name);
  }
  return undefined;
}

/** Whether a request is somebody's, as far as that can be seen: a guard left a principal, or it carries credentials. */
export function hasPrincipal(request: AuthenticatedRequest): boolean {
  const { principal, user, headers } = request;
  return Boolean(principal) || Boolean(user) || headers.authorization !== undefined;
}
