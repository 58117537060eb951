/** Injects the service's log: `@Inject(LOG) log: Log`. */
export const LOG = Symbol('LOG');
