import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '@semel/platform';
import type { DatabaseUrls } from './backing/provision.js';
import type { Folders } from './folders.js';
import type { ServiceProgram } from './supervision/service.js';
import { type Claims, localAuthority, signToken } from './tokens/sign-token.js';
import { readPrivateKey, signingKeyFile } from './tokens/signing-key.js';

export interface Shop {
  readonly folders: Folders;
  readonly databases: DatabaseUrls;
  readonly brokers: string;
  /** The path of the public keys. */
  readonly jwks: string;
  /** By service name. */
  readonly ports: ReadonlyMap<string, number>;
  /** How many processes each of order and inventory has. */
  readonly instances: number;
  /** Where the console may break things, and what it says to be let in. */
  readonly control: { readonly url: string; readonly secret: string };
}

/** The console is a page for whoever stands before this machine: its tokens outlive any demonstration. */
const consoleTokenHours = 30 * 24;

/** `http://127.0.0.1:port` of the first instance of a service. */
export function urlOf(shop: Shop, service: string): string {
  return `http://127.0.0.1:${shop.ports.get(service)}`;
}

/** What a service that takes tokens, a database and Kafka is configured by. */
function environmentOf(shop: Shop, service: keyof DatabaseUrls): Readonly<Record<string, string>> {
  return {
    HOST: '127.0.0.1',
    DATABASE_URL: shop.databases[service],
    KAFKA_BROKERS: shop.brokers,
    AUTH_JWKS: pathToFileURL(shop.jwks).href,
    AUTH_ISSUER: localAuthority.issuer,
    AUTH_AUDIENCE: localAuthority.audience,
    LOG_FORMAT: process.env.LOG_FORMAT ?? 'json',
  };
}

/** Order and inventory, as many of each as asked for, and the console. */
export async function programs(shop: Shop): Promise<ServiceProgram[]> {
  const { folders } = shop;
  const place = (service: string) => ({
    main: join(folders.root, 'apps', service, 'dist', 'main.js'),
    root: folders.root,
    logs: folders.logs,
  });
  const all: ServiceProgram[] = [];
  for (const service of ['order', 'inventory'] as const) {
    for (let number = 1; number <= shop.instances; number += 1) {
      const name = number === 1 ? service : `${service}-${number}`;
      const port = number === 1 ? (shop.ports.get(service) ?? (await freePort())) : await freePort();
      const environment = { ...environmentOf(shop, service), PORT: String(port), SERVICE_INSTANCE: name };
      all.push({ name, port, heapMegabytes: 256, environment: async () => environment, ...place(service) });
    }
  }
  const port = shop.ports.get('console') ?? (await freePort());
  all.push({
    name: 'console',
    port,
    heapMegabytes: 128,
    environment: () => consoleEnvironment(shop, port),
    ...place('console'),
  });
  return all;
}

/** Signs a token of this stack. @throws Error where its key was removed */
export async function tokenOf(folders: Folders, claims: Claims, hours: number): Promise<string> {
  const key = await readPrivateKey(join(folders.keys, signingKeyFile));
  if (key === undefined) throw new Error(`The signing key in ${folders.keys} has gone: run npm start again.`);
  return signToken(key, claims, localAuthority, hours);
}

async function consoleEnvironment(shop: Shop, port: number): Promise<Record<string, string>> {
  const sign = (sub: string, role?: string) => tokenOf(shop.folders, { sub, role }, consoleTokenHours);
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    ORDER_URL: urlOf(shop, 'order'),
    INVENTORY_URL: urlOf(shop, 'inventory'),
    CONSOLE_CUSTOMER_TOKEN: await sign('alice'),
    CONSOLE_OPERATOR_TOKEN: await sign('operator', 'operator'),
    DEMO_CONTROL_URL: shop.control.url,
    DEMO_CONTROL_SECRET: shop.control.secret,
    SERVICE_INSTANCE: 'console',
    LOG_FORMAT: process.env.LOG_FORMAT ?? 'json',
  };
}
