import { robotWireTrial, type RobotWireTrial } from "../brokers/robot-wire-trial.ts";
import { wireTrial, type WireTrial } from "../brokers/wire-trial.ts";

const seeds = Number(process.env["SEEDS"] ?? 1_000);
const from = Number(process.env["FROM"] ?? 0);
/** `robot` or `trader` for one of them alone. */
const who = process.env["WHO"] ?? "both";
/** LIMITS=1 leaves 429 among the robot's faults: each takes a true minute then. */
const hasLimits = process.env["LIMITS"] === "1";
/** Trials wait for sockets and timers most of the time. */
const together = Number(process.env["TOGETHER"] ?? 8);

/**
 * Kiwi's own connections over a wire with faults, 1,000 seeds: once with somebody who keeps the rules, once with the robot
 * and its journal. No order twice, both books the same afterwards, and what the robot holds has its stop. SEED=7 tells the
 * robot's story of one: times are real, so that it is not the same each time.
 */
export async function prove(): Promise<string> {
  const { SEED } = process.env;
  if (SEED !== undefined) return tellStory(Number(SEED));
  const rows = [
    "| who trades | runs | orders | unknown | sent again | fills | lines lost | starts | promises broken |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  if (who !== "robot") {
    const trials = await runAll("a careful trader", (seed) => wireTrial(seed));
    rows.push(`| a careful trader | ${figures(trials)} | ${sum(trials, (t) => t.linesLost)} | | 0 |`);
  }
  if (who !== "trader") {
    const trials = await runAll("the robot", (seed) => robotWireTrial(seed, { hasLimits }));
    rows.push(`| the robot | ${figures(trials)} | | ${sum(trials, (t) => t.starts)} | 0 |`);
  }
  return rows.join("\n");
}

async function tellStory(seed: number): Promise<string> {
  const story: string[] = [];
  const startMs = performance.now();
  const tell = (line: string): void =>
    void story.push(`${(performance.now() - startMs).toFixed(0).padStart(6)} ms ${line}`);
  const { broker, faults, violations } = await robotWireTrial(seed, { hasLimits, tell });
  return [...story, `${broker}; ${faults}`, ...violations].join("\n");
}

type Common = Pick<WireTrial & RobotWireTrial, "broker" | "faults" | "violations"> &
  Pick<WireTrial, "orders" | "unknown" | "resent" | "fills">;

async function runAll<Trial extends Common>(who: string, run: (seed: number) => Promise<Trial>) {
  const trials: Trial[] = [];
  const broken: string[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    for (let seed = next++; seed < from + seeds; seed = next++) {
      try {
        const trial = await run(seed);
        trials.push(trial);
        if (trial.violations.length > 0)
          broken.push(`seed ${seed} (${trial.broker}; ${trial.faults}): ${trial.violations.join("; ")}`);
      } catch (error) {
        broken.push(`seed ${seed}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: together }, work));
  if (broken.length > 0)
    throw new Error(`${who}: ${broken.length} of ${seeds} seeds broke a promise\n${broken.join("\n")}`);
  return trials;
}

function figures(trials: readonly Common[]): string {
  const columns = [
    text(trials.length),
    sum(trials, (t) => t.orders),
    sum(trials, (t) => t.unknown),
    sum(trials, (t) => t.resent),
    sum(trials, (t) => t.fills),
  ];
  return columns.join(" | ");
}

function sum<Trial>(trials: readonly Trial[], of: (trial: Trial) => number): string {
  return text(trials.reduce((total, trial) => total + of(trial), 0));
}

function text(count: number): string {
  return count.toLocaleString("en");
}
