import { Prng } from "../../src/base/prng.ts";
import { fileTargets, hasUnzip } from "../fuzz/file-targets.ts";
import type { Target } from "../fuzz/target.ts";
import { venueTargets } from "../fuzz/venue-targets.ts";

/** Everything that is fed. */
export const fuzzTargets: readonly Target[] = [...fileTargets, ...venueTargets];

/** One attempt by its number: every attempt has chance of its own, so that each can be made again alone. */
export async function attemptOf(target: Target, seed: number, attempt: number): Promise<void> {
  try {
    await target.attempt(new Prng(seed).fork(`${target.name} ${attempt}`));
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${target.name}, seed ${seed}, attempt ${attempt}: ${what}`, { cause });
  }
}

/** `npm run prove fuzz [minutes] [seed]`: feeds all targets in turn for so long; every failure is collected, then thrown. */
export async function prove(minutes = "1", seed = "1"): Promise<string> {
  const counts = new Map(fuzzTargets.map(({ name }) => [name, 0]));
  const failures: string[] = [];
  const endMs = Date.now() + Number(minutes) * 60_000;
  for (let round = 0; Date.now() < endMs && failures.length < 20; round++) {
    for (const target of fuzzTargets) {
      // A host costs a hundred times what a text costs.
      const times = target.name.endsWith("history") ? 1 : 20;
      for (let k = 0; k < times; k++) {
        const attempt = round * times + k;
        await attemptOf(target, Number(seed), attempt).catch((error: Error) => {
          failures.push(error.message);
          console.error(error.cause);
        });
        counts.set(target.name, counts.get(target.name)! + 1);
      }
    }
  }
  const rows = [...counts].map(([name, count]) => `| ${name} | ${count.toLocaleString("en")} |`);
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return [
    `seed ${seed}, ${minutes} minutes${hasUnzip ? ", archives compared with unzip" : ""}`,
    "| fed | attempts, none of which broke |\n|---|---|",
    ...rows,
  ].join("\n");
}
