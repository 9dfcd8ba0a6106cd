import { sha256Of } from "../../base/hash.ts";

/** Everything that the rest of a training depends on. Chance is drawn anew from the seed and the number of the step. */
export type TrainingState = {
  /** Steps that are done. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** The best parameters so far by their loss on held rows, best first. */
  readonly best: readonly {
    readonly step: number;
    readonly loss: number;
    readonly parameters: Float32Array;
  }[];
  /** Looks at the held rows since the loss was last better. */
  readonly waited: number;
  /** Loss of learning and on held rows, by look. */
  readonly losses: readonly (readonly [number, number])[];
  /** Losses of the steps since the last look, summed. */
  readonly epochLoss: number;
  /** Length of the gradient before clipping, by step. */
  readonly gradientNorms: readonly number[];
  /** Why it is over; `at the last epoch` where nothing cut it short. Null while it goes on. */
  readonly stopped: "no better loss" | "the loss exploded" | "at the last epoch" | null;
};

const magic = "kiwi-training-2";

/** A state as bytes, for a training that is known by `key`. */
export function bytesOfState(state: TrainingState, key: string): Uint8Array {
  const { step, waited, losses, epochLoss, gradientNorms, stopped, best, parameters, first, second } = state;
  const rows = [parameters, first, second, ...best.map((one) => one.parameters)];
  const head = JSON.stringify({
    magic,
    key,
    step,
    waited,
    losses,
    epochLoss,
    gradientNorms,
    stopped,
    best: best.map(({ step: at, loss }) => ({ step: at, loss })),
    size: parameters.length,
  });
  const parts = [
    new TextEncoder().encode(`${head}\n`),
    ...rows.map((row) => new Uint8Array(row.buffer, row.byteOffset, row.byteLength)),
  ];
  const sum = new TextEncoder().encode(`${sha256Of(parts)}\n`);
  return Buffer.concat([sum, ...parts]);
}

/** Reads a state; null where the bytes are not whole, or of another training. */
export function stateOfBytes(bytes: Uint8Array, key: string): TrainingState | null {
  const sumEnd = bytes.indexOf(10);
  const headEnd = bytes.indexOf(10, sumEnd + 1);
  if (sumEnd !== 64 || headEnd < 0) return null;
  const rest = bytes.subarray(sumEnd + 1);
  if (sha256Of([rest]) !== new TextDecoder().decode(bytes.subarray(0, sumEnd))) return null;
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(sumEnd + 1, headEnd))) as Head;
  if (head.magic !== magic || head.key !== key) return null;
  const { buffer, byteOffset, byteLength } = bytes;
  // Copied: what stands behind the head is not where a 32-bit number may begin.
  const numbers = new Float32Array(buffer.slice(byteOffset + headEnd + 1, byteOffset + byteLength));
  const row = (k: number) => numbers.slice(k * head.size, (k + 1) * head.size);
  return {
    step: head.step,
    waited: head.waited,
    losses: head.losses,
    epochLoss: head.epochLoss,
    gradientNorms: head.gradientNorms,
    stopped: head.stopped,
    parameters: row(0),
    first: row(1),
    second: row(2),
    best: head.best.map((one, k) => ({ ...one, parameters: row(3 + k) })),
  };
}

type Head = Pick<TrainingState, "step" | "waited" | "losses" | "epochLoss" | "gradientNorms" | "stopped"> & {
  readonly magic: string;
  readonly key: string;
  readonly size: number;
  readonly best: readonly { readonly step: number; readonly loss: number }[];
};
