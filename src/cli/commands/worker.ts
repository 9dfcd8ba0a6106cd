import { serveTrials } from "../../app/search/serve-trials.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { interruptible } from "../interrupt.ts";
import type { Shell } from "../shell.ts";
import { wholeNumber } from "./optimize.ts";
import { redisUrl } from "../flags/redis-url.ts";

export type WorkerFlags = CommonFlags & { readonly redis: string; readonly jobs?: number };

/** `kiwi worker`: works for searches of any machine until Ctrl-C, which lets it end what it is at. */
export async function workerCommand(shell: Shell, flags: WorkerFlags): Promise<number> {
  const url = redisUrl(shell, flags.redis);
  const ending = new AbortController();
  const say = flags.quiet === true ? () => {} : (line: string) => shell.err(line);
  await interruptible(
    () => ending.abort(),
    () => serveTrials(url, wholeNumber("--jobs", flags.jobs ?? 1, 1), say, ending.signal),
  );
  return 0;
}
