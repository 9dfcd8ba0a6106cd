import type { Checkpoint } from "../../src/ports/learning/checkpoint.ts";

/** A checkpoint in memory. */
export function memoryCheckpoint(): Checkpoint & { state: Uint8Array | null } {
  const held = {
    state: null as Uint8Array | null,
    read: async () => held.state,
    write: async (state: Uint8Array) => void (held.state = state),
    clear: async () => void (held.state = null),
  };
  return held;
}
