#!/usr/bin/env node
// The image's `console`: the console with a customer's and an operator's token of its own, from the demonstration's key.
// Their life is a year: a stack that runs for weeks should not need a restart for the page to go on working.
import { signToken } from '../../tools/stack/dist/tokens/sign-token.js';
import { readPrivateKey } from '../../tools/stack/dist/tokens/signing-key.js';

const { AUTH_SIGNING_KEY, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = process.env;
const key = await readPrivateKey(AUTH_SIGNING_KEY);
if (key === undefined)
  throw new Error(`There is no signing key at ${AUTH_SIGNING_KEY}: the job "keys" makes one.`);

const sign = (claims) => signToken(key, claims, { issuer, audience }, 365 * 24);
process.env.CONSOLE_CUSTOMER_TOKEN = await sign({ sub: 'alice' });
process.env.CONSOLE_OPERATOR_TOKEN = await sign({ sub: 'operator', role: 'operator' });

await import('../../apps/console/dist/main.js');
