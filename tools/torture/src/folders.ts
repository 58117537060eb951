import { fileURLToPath } from 'node:url';

/** The clone that this program belongs to; it runs from tools/torture/dist. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
