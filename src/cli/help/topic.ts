/** A short text on something that a command's own help cannot say. */
export type Topic = {
  readonly name: string;
  /** Half a line, for the list. */
  readonly summary: string;
  readonly lines: readonly string[];
};
