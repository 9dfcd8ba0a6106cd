import { resolve } from "node:path";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import type { Shell } from "../shell.ts";

/** Where the runs are: as told, else as configured. */
export async function runsFolder(shell: Shell, told: string | undefined): Promise<string> {
  if (told !== undefined) return resolve(shell.folder, told);
  const { config } = await resolveConfig({ folder: shell.folder, env: shell.env });
  return resolve(shell.folder, config.out);
}
