import { Prng } from "../../base/prng.ts";

/** Ids in the form of a UUID version 4, the same ones for the same seed. */
export function idMaker(seed: number, label: string): () => string {
  const prng = new Prng(seed).fork(label);
  return () => {
    let hex = "";
    for (let k = 0; k < 4; k++) hex += prng.uint32().toString(16).padStart(8, "0");
    const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
}
