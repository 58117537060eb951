/** One step of the schema: forward only, never changed once it was released. */
export interface SchemaStep {
  /** Under which it is noted as done; TypeORM takes the order from the 13 digits at its end. */
  readonly name: string;
  /** Run in this order, in one transaction. */
  readonly statements: readonly string[];
}
