import { foldersOf, root } from './folders.js';
import { tokenOf } from './the-shop.js';
import type { Claims } from './tokens/sign-token.js';

const hours = 24;

/** A token of this clone's stack, as `npm run -s token` prints it. */
export function localToken(claims: Claims): Promise<string> {
  return tokenOf(foldersOf(root), claims, hours);
}
