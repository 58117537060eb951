import type { IncomingHttpHeaders } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Problem } from '@semel/service';
import type { FastifyRequest } from 'fastify';

export const HOSTS = Symbol('host names');

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The gateway holds tokens, so no page but the console's own may drive it. A browser says where a request comes from: in
 * `Sec-Fetch-Site` (W3C Fetch Metadata) and, for writes, in `Origin`. The host name is checked too, because another site's name can
 * be made to point here (DNS rebinding) and would then count as the same origin.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  private readonly hosts: ReadonlySet<string>;

  constructor(@Inject(HOSTS) hosts: readonly string[]) {
    this.hosts = new Set([...LOOPBACK, ...hosts]);
  }

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const reason = this.reasonToRefuse(headers);
    if (reason !== undefined) throw new Problem('cross-site-request', reason);
    return true;
  }

  private reasonToRefuse(headers: IncomingHttpHeaders): string | undefined {
    const { host = '', origin, 'sec-fetch-site': site } = headers;
    if (!this.hosts.has(nameOf(host))) {
      return `The console is not known as ${JSON.stringify(host)}: list that name in CONSOLE_HOSTS.`;
    }
    // `none` is a person who typed the address.
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return `The request comes from another site (Sec-Fetch-Site: ${site}).`;
    }
    if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
      return `The request comes from another origin (${origin}).`;
    }
    return undefined;
  }
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** The name in a Host header, without its port and in lower case. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
