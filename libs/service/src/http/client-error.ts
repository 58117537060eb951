import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode } from '@semel/contracts';
import { Problem } from '../problems/problem.js';
import { renderProblem } from '../problems/render-problem.js';

/** Answers what Node's parser could not read as a request. There is no URL yet, so `instance` is the root. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [code, detail] = refusalOf(error.code);
  const { status, body } = renderProblem(new Problem(code, detail), { url: '/' });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]), () => socket.destroy());
}

function refusalOf(code: string | undefined): [ProblemCode, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return ['request-timeout', 'The request was not complete in time.'];
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['headers-too-large', 'The request line and headers have more than 16 KiB.'];
  return ['bad-request', 'This is not an HTTP/1.1 request.'];
}

/** Answers an `Expect` header other than 100-continue, which Node leaves without a body otherwise. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('expectation-failed', 'Only Expect: 100-continue is understood.');
  const { status, headers, body } = renderProblem(problem, { url: request.url ?? '/' });
  response.writeHead(status, { ...headers, 'content-length': body.length, connection: 'close' }).end(body);
}
