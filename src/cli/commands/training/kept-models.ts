import { modelVersions } from "../../../app/train/model-versions.ts";
import type { Shell } from "../../shell.ts";

/** Notes which models there are. Returns what Ctrl-C says later: those that have come since, and how to go on. */
export async function keptModels({ folder }: Shell): Promise<() => Promise<string>> {
  const before = new Set(await modelVersions(folder));
  return async () => {
    const made = (await modelVersions(folder)).filter((one) => !before.has(one));
    const rest = "networks go on from the last turn that they finished";
    if (made.length === 0) return `stopped: no model was finished. The same command begins again; ${rest}`;
    return (
      `stopped: kept ${made.join(", ")}\n` +
      `The same command with --if-due 1d trains what is missing and leaves these alone; ${rest}`
    );
  };
}
