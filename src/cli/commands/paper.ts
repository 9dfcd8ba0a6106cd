import { exitCodes } from "../../base/errors.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { interruptedExit, interruptible } from "../interrupt.ts";
import type { Shell } from "../shell.ts";

export type PaperStartFlags = CommonFlags & {
  readonly demo?: true;
  readonly seed: string;
  readonly faults?: string;
};

/** `kiwi paper start`: trades with play money until it is told to stop. */
export async function paperStartCommand(
  shell: Shell,
  strategy: string | undefined,
  flags: PaperStartFlags,
): Promise<number> {
  const { startDemo } = await import("../../app/trading/demo-session.ts");
  const ending = new AbortController();
  let isInterrupted = false;
  const stop = (): void => {
    isInterrupted = true;
    shell.err("stopping: orders at the venue stay as they are");
    ending.abort();
  };
  const end = await interruptible(stop, () =>
    startDemo({
      home: tradingHome(shell.env),
      env: shell.env,
      signal: ending.signal,
      strategy,
      seed: Number(flags.seed),
      faults: flags.faults ?? "",
      onStart: ({ id, account, symbols, timeframe }) =>
        shell.err(
          `  paper session ${id}   account ${account}   ${symbols.join(" ")} ${timeframe}   PLAY MONEY, SYNTHETIC MARKET\n` +
            "  in another terminal:  kiwi paper status   kiwi logs -f   kiwi kill\n" +
            "  Ctrl-C stops",
        ),
    }),
  );
  if (end.kind === "failed") throw end.error;
  return isInterrupted ? interruptedExit : exitCodes.ok;
}
