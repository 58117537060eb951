/** An image that stands for one that no registry gives us. */
export interface StandIn {
  /** The repository of the image that it stands for, such as `postgres`. */
  readonly of: string;
  /** Fills the context that it is built from; its Containerfile and what lies beside that are there already. */
  readonly gather: (context: string) => Promise<void>;
  /** What distinguishes what is gathered: one that was made of the same is taken as it is. */
  readonly ingredients: readonly string[];
}
