import { configError } from "./config-errors.ts";
import { isPlain, type Origin } from "./config-layer.ts";

const secretName = /secret|passw|passphrase|token|api_?key|private_?key|credential/i;
/** Alpaca and Amazon key ids, keys of well-known services, PEM blocks. */
const knownSecret =
  /^(PK|AK)[A-Z0-9]{18}$|^AKIA[A-Z0-9]{16}$|^(sk|pk|rk|ghp|xox[bp])[-_][\w-]{16,}$|-----BEGIN /;
const longWord = /^[A-Za-z0-9+_=-]{32,}$/;

/** Whether a text looks like a key or a password rather than like a setting. */
export function looksLikeSecret(name: string, value: unknown): boolean {
  if (typeof value !== "string" || value === "") return false;
  if (knownSecret.test(value) || secretName.test(name)) return true;
  return longWord.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value);
}

/** Throws `CONFIG_SECRET` where a secret stands in the open. The value itself is never repeated. */
export function refuseSecrets(
  values: Readonly<Record<string, unknown>>,
  originOf: (path: readonly string[]) => Origin,
  path: readonly string[] = [],
): void {
  for (const [key, value] of Object.entries(values)) {
    const here = [...path, key];
    if (isPlain(value)) refuseSecrets(value, originOf, here);
    if (!looksLikeSecret(key, value)) continue;
    throw configError(
      "CONFIG_SECRET",
      `${originOf(here).label}: the value of ${here.join(".")} looks like a secret`,
      "files and environments are copied, committed and shown; a key in them is soon everybody's",
      `take it out (and change the key if the file was ever shared); a backtest needs no keys`,
      "secrets",
    );
  }
}
