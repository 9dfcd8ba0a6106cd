/** What a connection tells its owner; nothing after `close`. */
export type WireEvents = {
  readonly message: (message: unknown) => void;
  /** The connection is gone. The next one is not to be tried before `delayMsMin`. */
  readonly lost: (reason: string, delayMsMin?: number) => void;
};

/** An open connection. */
export interface Wire {
  close(): void;
}
