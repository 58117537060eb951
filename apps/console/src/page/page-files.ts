import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fastifyStatic } from '@fastify/static';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';

export const PAGE_FOLDER = Symbol('page folder');

const A_YEAR = 31_536_000;

/** Serves the built page: the document is asked for anew each time, what it names carries a hash and is kept. */
@Injectable()
export class PageFiles implements OnModuleInit {
  constructor(
    @Inject(PAGE_FOLDER) private readonly folder: string,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  /** @throws Error where the page was never built */
  async onModuleInit(): Promise<void> {
    if (!existsSync(join(this.folder, 'index.html'))) {
      throw new Error(`there is no page in ${this.folder}: run npx nx build @semel/console`);
    }
    await this.host.httpAdapter.getInstance().register(fastifyStatic, {
      root: this.folder,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(this.folder, 'assets'));
        reply.header('cache-control', hashed ? `public, max-age=${A_YEAR}, immutable` : 'no-cache');
      },
    });
  }
}
