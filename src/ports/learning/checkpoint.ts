/** Where a long training keeps how far it is, so that a kill costs it minutes and no bit of its result. */
export interface Checkpoint {
  /** What was kept last; null where nothing is, or what is there is not whole. */
  read(): Promise<Uint8Array | null>;
  /** Keeps this in the place of what was there, whole or not at all. */
  write(state: Uint8Array): Promise<void>;
  /** The training is over. */
  clear(): Promise<void>;
}
