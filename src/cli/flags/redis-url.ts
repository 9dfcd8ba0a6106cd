import { hasOpenPassword } from "../../base/open-password.ts";
import { invalidFlag } from "./flag-errors.ts";
import type { Shell } from "../shell.ts";

/** The address of a Redis server: itself, or `env:NAME` where it holds a password. Throws `FLAG_INVALID`. */
export function redisUrl({ env }: Shell, given: string): string {
  const wanted = "redis://HOST:PORT, or env:NAME where that variable holds one with a password";
  if (given.startsWith("env:")) {
    const found = env[given.slice(4)];
    if (found !== undefined && isAddress(found)) return found;
    throw invalidFlag("--redis", given, `${wanted}; ${given.slice(4)} holds none`);
  }
  if (hasOpenPassword(given))
    throw invalidFlag("--redis", "***", `${wanted}: a password here is seen by everybody`);
  if (!isAddress(given)) throw invalidFlag("--redis", given, wanted);
  return given;
}

function isAddress(text: string): boolean {
  return /^rediss?:\/\/[^/]+/.test(text) && URL.canParse(text);
}
