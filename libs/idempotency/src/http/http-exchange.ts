import type { ExecutionContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** What Fastify's and Express's requests have in common, as far as it is needed here. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders: readonly string[] };
  readonly rawBody?: Buffer;
  readonly body?: unknown;
}

/** Fastify's reply has Node's response inside, Express's response is one. */
interface HttpResponse {
  readonly statusCode: number;
  readonly destroyed?: boolean;
  readonly raw?: { readonly destroyed: boolean };
}

interface HttpAdapter {
  setHeader(response: unknown, name: string, value: string): unknown;
  getHeader(response: unknown, name: string): unknown;
  status(response: unknown, statusCode: number): unknown;
  getType(): string;
}

/** One request and its response, over whichever HTTP adapter Nest runs on. */
export class HttpExchange {
  private constructor(
    readonly request: HttpRequest,
    private readonly response: HttpResponse,
    private readonly adapter: HttpAdapter,
  ) {}

  static of(context: ExecutionContext, host: HttpAdapterHost): HttpExchange {
    const http = context.switchToHttp();
    return new HttpExchange(http.getRequest(), http.getResponse(), host.httpAdapter);
  }

  /** The field lines of a header as they were sent: Node joins them, and a key that was sent twice is no key. */
  fieldLines(name: string): string[] {
    const raw = this.request.raw?.rawHeaders ?? this.request.rawHeaders ?? [];
    const wanted = name.toLowerCase();
    return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === wanted);
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The target as it was sent, path and query. */
  get target(): { readonly path: string; readonly query: string } {
    const url = this.request.originalUrl ?? this.request.url;
    const mark = url.indexOf('?');
    return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
  }

  get status(): number {
    return this.response.statusCode;
  }

  set status(status: number) {
    this.adapter.status(this.response, status);
  }

  setHeader(name: string, value: string): void {
    this.adapter.setHeader(this.response, name, value);
  }

  responseHeader(name: string): string | undefined {
    const value = this.adapter.getHeader(this.response, name);
    return value === undefined || value === null ? undefined : String(value);
  }

  /** Whether the connection is gone on which the answer was to be sent. */
  get isAbandoned(): boolean {
    return (this.response.raw ?? this.response).destroyed === true;
  }

  get isExpress(): boolean {
    return this.adapter.getType() === 'express';
  }
}
