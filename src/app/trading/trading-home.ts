import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where what belongs to accounts is kept, whatever folder a project is in: switches, locks, keys, sessions. `KIWI_HOME`, or
 * `.kiwi` in the user's own folder: the kill switch must be found from anywhere, without a configuration.
 */
export function tradingHome(env: Readonly<Record<string, string | undefined>>): string {
  const told = env["KIWI_HOME"] ?? "";
  return told === "" ? join(homedir(), ".kiwi") : resolve(told);
}

/** Who does something, for the records: the name that the machine knows. */
export function whoAmI(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return env["USER"] ?? env["USERNAME"] ?? "somebody";
  }
}
