import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { BodyProblem, Drain } from '@semel/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendCopies } from './copied-exchanges.js';
import { demonstrationIn } from './demonstration.js';
import { type ForwardedRequest, forward } from './forward.js';
import { headersForBrowser, headersForService } from './headers.js';
import { LostAnswers } from './lost-answers.js';
import type { Upstream } from './upstream.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's bytes as they came: see @semel/service. */
    rawBody?: Buffer;
  }
}

/** Passes the page's requests on to whom they are for, with the token that the page must not have. */
@Injectable()
export class Passage {
  constructor(
    @Inject(LostAnswers) private readonly lostAnswers: LostAnswers,
    @Inject(Drain) private readonly drain: Drain,
  ) {}

  /** @param prefix of the path, which the upstream does not have */
  async pass(
    upstream: Upstream,
    prefix: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const forwarded = forwardedRequest(prefix, request);
    const demonstration = demonstrationIn(request.method, request.headers);
    if (demonstration.kind === 'copies') {
      reply.send({ exchanges: await sendCopies(upstream, forwarded, demonstration.copies) });
      return;
    }
    if (demonstration.kind === 'lost-answer') {
      if (this.lostAnswers.begin(demonstration.attempt)) await buffer(await forward(upstream, forwarded));
      reply.hijack();
      reply.raw.destroy();
      return;
    }
    // Who stops reading needs no answer any more. A write goes on: what it does must not hang on who still listens.
    const readerLeft = new AbortController();
    if (request.method === 'GET') reply.raw.once('close', () => readerLeft.abort());
    const answer = await forward(upstream, forwarded, readerLeft.signal);
    await this.stream(answer, reply);
  }

  /** Headers at once and the body as it comes, because event streams may be silent for long. */
  private async stream(answer: IncomingMessage, reply: FastifyReply): Promise<void> {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.raw.writeHead(answer.statusCode ?? 502, headersForBrowser(answer));
    reply.raw.flushHeaders();
    const endless = answer.headers['content-type']?.startsWith('text/event-stream') === true;
    const end = () => answer.destroy();
    if (endless) this.drain.signal.addEventListener('abort', end, { once: true });
    try {
      await pipeline(answer, reply.raw);
    } catch {
      // One side left in the middle. The head is out, so cutting the other side is the only way left to tell.
      reply.raw.destroy();
    } finally {
      this.drain.signal.removeEventListener('abort', end);
    }
  }
}

/** @throws Problem `payload-too-large`; any other fault of the body is for the service to refuse */
function forwardedRequest(prefix: string, request: FastifyRequest): ForwardedRequest {
  if (request.body instanceof BodyProblem && request.body.problem.code === 'payload-too-large') {
    throw request.body.problem;
  }
  return {
    method: request.method,
    path: request.url.slice(prefix.length),
    headers: headersForService(request.raw),
    body: request.rawBody,
  };
}
