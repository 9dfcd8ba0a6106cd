import type { Prng } from "../../src/base/prng.ts";

/** One thing that is fed with what nobody expects. `attempt` throws when it was not borne. */
export type Target = { readonly name: string; readonly attempt: (prng: Prng) => Promise<void> };
