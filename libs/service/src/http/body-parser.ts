import type { IncomingMessage } from 'node:http';
import { limits } from '@semel/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { Problem } from '../problems/problem.js';
import { BodyProblem } from './body-problem.js';
import { type Collected, collectBody } from './collect-body.js';
import { isJson, isMediaType } from './media-type.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as they came; absent where there is none, empty where it is over the limit. */
    rawBody?: Buffer;
  }
}

/**
 * Takes Fastify's parsing over: bytes go to `request.rawBody`, the JSON value or a `BodyProblem` to `request.body`, and nothing is
 * refused yet, because 401, 403 and the key come first. Only a client that goes away in the middle fails here.
 */
export function parseBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', readBody);
  instance.addHook('onRequest', (request, _reply, done) => {
    const type = request.raw.headers['content-type'];
    // Fastify would answer 415 at once to a type that it can't parse.
    if (type !== undefined && !isMediaType(type))
      request.raw.headers['content-type'] = 'application/x-malformed';
    done();
  });
}

/** By callbacks: each promise of a request is one for every request. */
function readBody(
  request: FastifyRequest,
  payload: IncomingMessage,
  done: (error: Error | null, body?: unknown) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  collectBody(payload, limits.bodyBytes, announced, (collected) => {
    if (collected instanceof Error) {
      done(new Problem('bad-request', 'The body was cut off.', { cause: collected }));
    } else {
      done(null, bodyOf(request, collected));
    }
  });
}

function bodyOf(request: FastifyRequest, raw: Collected): unknown {
  if (typeof raw === 'string') {
    request.rawBody = Buffer.alloc(0);
    const headers = raw === 'endless' ? { connection: 'close' } : {};
    return refused('payload-too-large', `The body has more than ${limits.bodyBytes} bytes.`, headers);
  }
  request.rawBody = raw;
  if (raw.length === 0) return undefined;
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = request.headers;
  if (!isJson(type)) {
    return refused(
      'unsupported-media-type',
      `The body must be application/json in UTF-8, not ${type ?? 'without a Content-Type'}.`,
    );
  }
  if (encoding.trim().toLowerCase() !== 'identity') {
    return refused('unsupported-media-type', `The body must not be encoded, and this is ${encoding}.`);
  }
  return parsed(raw);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parsed(raw: Buffer): unknown {
  try {
    return secureJson.parse(utf8.decode(raw), { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    return refused('malformed-json', `The body is not valid JSON: ${reason}.`);
  }
}

function refused(
  code: 'payload-too-large' | 'unsupported-media-type' | 'malformed-json',
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): BodyProblem {
  return new BodyProblem(new Problem(code, detail, { headers }));
}
