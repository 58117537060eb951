import { join } from 'node:path';

export interface Contestant {
  readonly name: string;
  readonly version: string;
  /** What is installed for it, name and version; nothing where it is part of this repository. */
  readonly packages: Readonly<Record<string, string>>;
  readonly program: string;
  /** How it is set up: what its documentation recommends, and what it keeps its keys in. */
  readonly setUp: string;
}

const repository = join(import.meta.dirname, '..', '..', '..');

export const semel: Contestant = {
  name: '@semel/idempotency',
  version: 'this tree',
  packages: {},
  program: join(repository, 'tools/compare/dist/semel/main.js'),
  setUp: 'NestJS 12 on Fastify, TypeORM, PostgreSQL; `operationTimeout` is the lease of the others',
};

/** Those that a NestJS or Express team can install; pinned, for a comparison is of versions. */
export const peers: readonly Contestant[] = [
  {
    name: '@node-idempotency/nestjs',
    version: '1.0.4',
    packages: {
      '@nestjs/common': '10.4.22',
      '@nestjs/core': '10.4.22',
      '@nestjs/platform-express': '10.4.22',
      '@node-idempotency/nestjs': '1.0.4',
      pg: '8.23.1',
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2',
    },
    program: 'node-idempotency.mjs',
    setUp:
      'NestJS 10 on Express (its peers end there), `enforceIdempotency`, life of a key 24 h, its `StorageAdapter` over PostgreSQL with the meaning of its Redis adapter',
  },
  {
    name: '@aws-lambda-powertools/idempotency',
    version: '2.35.0',
    packages: {
      '@aws-lambda-powertools/idempotency': '2.35.0',
      express: '5.2.1',
      pg: '8.23.1',
    },
    program: 'powertools.mjs',
    setUp:
      '`makeIdempotent` around a handler whose result is the whole response, behind Express 5; key = caller and header, payload validation of method, path and body, a persistence layer of one’s own over PostgreSQL with the conditions of its DynamoDB layer; remaining time of the invocation = the lease',
  },
  {
    name: 'express-idempotency',
    version: '1.0.6',
    packages: { express: '5.2.1', 'express-idempotency': '1.0.6', pg: '8.23.1' },
    program: 'express-idempotency.mjs',
    setUp:
      'Express 5, default validators, `isHit` and `reportError` as its README shows, its data adapter over PostgreSQL with a unique key',
  },
];

export const contestants: readonly Contestant[] = [semel, ...peers];
