import { wireTrial, type WireTrial } from "../brokers/wire-trial.ts";

const seeds = 1_000;
/** Trials wait for sockets most of the time. */
const together = 4;

/** Kiwi's own connections over a wire with faults, 1,000 seeds: no order twice, both books the same afterwards. */
export async function prove(): Promise<string> {
  const trials: WireTrial[] = [];
  const broken: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let seed = next++; seed < seeds; seed = next++) {
      const trial = await wireTrial(seed);
      trials.push(trial);
      if (trial.violations.length > 0)
        broken.push(`seed ${seed} (${trial.broker}; ${trial.faults}): ${trial.violations.join("; ")}`);
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  if (broken.length > 0)
    throw new Error(`${broken.length} of ${seeds} seeds broke a promise\n${broken.join("\n")}`);
  const sum = (of: (trial: WireTrial) => number): string =>
    trials.reduce((total, trial) => total + of(trial), 0).toLocaleString("en");
  return [
    "| runs | orders | unknown | sent again | fills | lines lost | orders doubled | books that differ |",
    "|---|---|---|---|---|---|---|---|",
    `| ${seeds.toLocaleString("en")} | ${sum((t) => t.orders)} | ${sum((t) => t.unknown)} | ${sum((t) => t.resent)} | ${sum((t) => t.fills)} | ${sum((t) => t.linesLost)} | 0 | 0 |`,
  ].join("\n");
}
