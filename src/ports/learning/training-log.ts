/** Numbers and words by name: what a training was told to do. */
export type TrainingParams = Readonly<Record<string, number | string>>;

/** How a training ended. */
export type TrainingEnd = {
  readonly status: "done" | "failed";
  readonly params: TrainingParams;
  /** What it came to: scores of the model, by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** Files that belong to it. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Version that the model has in its store; null where none came out. */
  readonly version: number | null;
  /** What went wrong, for people; null where nothing did. */
  readonly error: string | null;
};

/** Where the story of one training is written while it goes on. Nothing that goes wrong here ends a training. */
export interface TrainingLog {
  /** Numbers at a step. `part` says of what: `turn 1` of the walk forward, ..., or `final`. */
  metrics(part: string, step: number, values: Readonly<Record<string, number>>): void;
  /** The training is over. Waits until what was told has arrived, or will not. */
  end(end: TrainingEnd): Promise<void>;
}
