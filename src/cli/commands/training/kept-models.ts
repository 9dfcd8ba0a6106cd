import { ModelStore } from "../../../adapters/stores/models/model-store.ts";
import { modelsFolderOf } from "../../../app/train/models-folder.ts";
import type { Shell } from "../../shell.ts";

/** Watches which models come while something is trained. Returns what Ctrl-C says: those that are kept, and how to go on. */
export async function keptModels(shell: Shell): Promise<() => Promise<string>> {
  const before = new Set(await versions(shell));
  return async () => {
    const made = (await versions(shell)).filter((one) => !before.has(one));
    const rest = "networks go on from the last turn that they finished";
    if (made.length === 0) return `stopped: no model was finished. The same command begins again; ${rest}`;
    return (
      `stopped: kept ${made.join(", ")}\n` +
      `The same command with --if-due 1d trains what is missing and leaves these alone; ${rest}`
    );
  };
}

async function versions(shell: Shell): Promise<readonly string[]> {
  const store = new ModelStore(modelsFolderOf(shell.folder));
  const found: string[] = [];
  for (const name of await store.names())
    for (const version of await store.versions(name)) found.push(`${name} version ${version}`);
  return found;
}
