/** What a worker answers: its result, or the error of the job, which is an answer too. */
export type QueueAnswer =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly failure: unknown };
