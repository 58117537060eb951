/**
 * For what scrolls: it must be reachable by keyboard, though nothing in it can be operated (axe: scrollable-region-focusable). Spread,
 * because the linter takes the attribute on such an element for a mistake, which it is anywhere else.
 */
export const scrolls = { tabIndex: 0 } as const;
