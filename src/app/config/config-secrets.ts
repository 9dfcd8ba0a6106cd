import { hasOpenPassword } from "../../base/open-password.ts";
import { configError } from "./config-errors.ts";
import { isPlain } from "./config-layer.ts";
import type { Origin } from "./origin.ts";
import { credentialNames } from "../../ports/component.ts";

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

/** The name of a variable may be as long as a key: what tells them apart is the underscore. */
function isVariableName(name: string, value: unknown): boolean {
  return name === "env" && /^[A-Za-z]+_\w+$/.test(String(value)) && !knownSecret.test(String(value));
}

/** Where only a place of a secret may stand, anything else is the secret itself. */
function isCredential(path: readonly string[]): boolean {
  const isInside = path[0] === "providers" ? path.length === 3 : path[0] === "broker" && path.length === 2;
  return isInside && credentialNames.some((name) => name === path.at(-1));
}

function hasPassword(value: unknown): boolean {
  return Array.isArray(value) ? value.some(hasPassword) : typeof value === "string" && hasOpenPassword(value);
}

/** Throws `CONFIG_SECRET` where a secret stands in the open. The value itself is never repeated. */
export function refuseSecrets(values: Values, originOf: OriginOf): void {
  eachSetting(values, [], (path, value) => {
    const key = path.at(-1)!;
    const isOpen = isCredential(path) ? !isPlain(value) : looksLikeSecret(key, value);
    if (isOpen && !isVariableName(key, value)) throw openSecret(path, originOf(path).label);
  });
}

/** Throws `CONFIG_SECRET` where an address has a password in it. The address itself is never repeated. */
export function refusePasswords(values: Values, originOf: OriginOf): void {
  eachSetting(values, [], (path, value) => {
    if (hasPassword(value)) throw openAddress(path, originOf(path).label);
  });
}

type Values = Readonly<Record<string, unknown>>;
type OriginOf = (path: readonly string[]) => Origin;

/** Visits every setting, those inside a section before the section itself. */
function eachSetting(
  values: Values,
  path: readonly string[],
  visit: (path: readonly string[], value: unknown) => void,
): void {
  for (const [key, value] of Object.entries(values)) {
    const here = [...path, key];
    if (isPlain(value)) eachSetting(value, here, visit);
    visit(here, value);
  }
}

function openAddress(path: readonly string[], where: string): Error {
  return configError(
    "CONFIG_SECRET",
    `${where}: the address in ${path.join(".")} has a password in it`,
    "files, environments and command lines are copied, kept and shown; a password in them is soon everybody's",
    "take user and password out of the address, and say where they are: see kiwi help secrets (change the password if it was ever shared)",
    "secrets",
  );
}

function openSecret(path: readonly string[], where: string): Error {
  const isOfProvider = path[0] === "providers" || path[0] === "broker";
  const name = path[0] === "broker" ? path[1] : path[2];
  return configError(
    "CONFIG_SECRET",
    `${where}: the value of ${path.join(".")} looks like a secret`,
    "files, environments and command lines are copied, kept and shown; a key in them is soon everybody's",
    isOfProvider
      ? `say where it is instead: "${name ?? "key"}": { "env": "NAME_OF_A_VARIABLE" } or { "file": "/run/secrets/NAME" }; change the key if it was ever shared`
      : `take it out (and change the key if the file was ever shared); a backtest needs no keys`,
    "secrets",
  );
}
