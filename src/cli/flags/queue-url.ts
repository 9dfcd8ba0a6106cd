import { isQueueAddress } from "../../jobs/queue-address.ts";
import { hasOpenPassword } from "../../base/open-password.ts";
import { invalidFlag } from "./flag-errors.ts";
import type { Shell } from "../shell.ts";

/** Where a queue is: `--queue`, or `--redis`, which was there before it. */
export type QueueFlags = { readonly queue?: string; readonly redis?: string };

/** The address of the server that keeps a queue: itself, or `env:NAME` where it holds a password. Throws `FLAG_INVALID`. */
export function queueUrl({ env }: Shell, { queue, redis }: QueueFlags): string | undefined {
  const [flag, given] = queue === undefined ? (["--redis", redis] as const) : (["--queue", queue] as const);
  if (given === undefined) return undefined;
  const wanted =
    "redis://HOST:PORT or postgres://USER@HOST/DATABASE, or env:NAME where that variable holds one with a password";
  if (given.startsWith("env:")) {
    const found = env[given.slice(4)];
    if (found !== undefined && isQueueAddress(found)) return found;
    throw invalidFlag(flag, given, `${wanted}; ${given.slice(4)} holds none`);
  }
  if (hasOpenPassword(given))
    throw invalidFlag(flag, "***", `${wanted}: a password here is seen by everybody`);
  if (!isQueueAddress(given)) throw invalidFlag(flag, given, wanted);
  return given;
}
