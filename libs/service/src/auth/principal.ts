/** Who calls: the customer of a valid access token. */
export interface Principal {
  /** 1 to 255 characters, no control characters. */
  readonly sub: string;
  readonly roles: readonly string[];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; absent on public routes. */
    principal?: Principal;
  }
}
