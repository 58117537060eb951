interface RefusalOptions extends ErrorOptions {
  /** Of HTTP. */
  readonly status: 400 | 404 | 409;
}

/** Why the control did not do what it was asked for, in a sentence for the person at the page. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalOptions['status'];

  constructor(message: string, { status, ...options }: RefusalOptions) {
    super(message, options);
    this.status = status;
  }
}
