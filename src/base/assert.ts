/** Thrown when the program itself is wrong. Never caught: corrupt state must not trade. */
class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** States what must hold. A failure is our bug, not the user's. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
