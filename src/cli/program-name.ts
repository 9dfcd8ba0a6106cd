import { resolve } from "node:path";
import { packageFolder } from "../app/project/package-folder.ts";
import type { Shell } from "./shell.ts";

/** What to type to start Kiwi here: a clone that npm started, and a project, have no `kiwi` on the path of the shell. */
export function programName({ env }: Pick<Shell, "env">): string {
  if (env["npm_lifecycle_event"] === undefined) return "kiwi";
  return env["npm_package_json"] === resolve(packageFolder, "package.json")
    ? "npm run -s kiwi --"
    : "npx kiwi";
}

/** A text for people with the commands in it as they are to be typed here. */
export function asTyped(text: string, shell: Pick<Shell, "env">): string {
  const name = programName(shell);
  return name === "kiwi" ? text : text.replaceAll(/(?<=^|[\s(;:,])kiwi (?=[a-z-])/gm, `${name} `);
}
