import type { ErrorParts } from "../base/errors.ts";

/** What a carrier is asked to do. */
export type JobOrder = { readonly name: string; readonly module: string; readonly request: unknown };

/** What a carrier says. */
export type JobMessage =
  | { readonly kind: "stage"; readonly name: string }
  | { readonly kind: "say"; readonly line: string }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly failure: Failure };

/** An error on its way between threads or processes, where classes are lost. */
export type Failure = {
  readonly parts: ErrorParts | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause: Failure | null;
};

/** The side of a carrier that performs. */
export type JobPort = {
  /** Shared with the other side, or copied to it many times a second. */
  readonly memory: SharedArrayBuffer;
  readonly send: (message: JobMessage) => void;
  readonly onOrder: (hear: (order: JobOrder) => void) => void;
};
