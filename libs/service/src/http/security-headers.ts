import type { FastifyInstance } from 'fastify';

/** For answers that are data: nothing may be loaded or framed, types aren't guessed, nothing is kept without asking again. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'private, no-cache',
};
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI sets inline styles and shows its own images as data: URLs. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

/** Sets the headers before anything else runs, so that a handler may replace them and errors carry them too. */
export function setSecurityHeaders(instance: FastifyInstance, pagePolicy: string = DATA_POLICY): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const isDocs = request.url === '/docs' || request.url.startsWith('/docs/');
    reply.headers(SECURITY_HEADERS).header('content-security-policy', isDocs ? DOCS_POLICY : pagePolicy);
    done();
  });
}
