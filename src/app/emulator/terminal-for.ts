import { resolve } from "node:path";
import type { ExchangeAccount } from "../../emulator/exchange/exchange-account.ts";
import type { Exchange } from "../../emulator/exchange/exchange.ts";
import type { FaultPlan } from "../../emulator/faults/fault-plan.ts";
import { MetatraderFace } from "../../emulator/metatrader/metatrader-face.ts";
import { FolderHost } from "../../emulator/wire/folder-host.ts";
import type { Pace } from "../../emulator/wire/pace.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EmulatorOptions } from "./emulator-options.ts";

/** What a terminal stands on. */
type TerminalGround = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly faults: FaultPlan;
  readonly clock: Clock;
  readonly pace: Pace;
};

/** How often the folder is looked at: as often as KiwiBridge looks. */
const pollMs = 25;

/** The terminal of an emulator, not started yet; null for a venue that is none. */
export function terminalFor(
  projectFolder: string,
  { terminal, positionMode }: EmulatorOptions,
  { exchange, account, faults, clock, pace }: TerminalGround,
): { readonly host: FolderHost; readonly folder: string } | null {
  if (terminal === null) return null;
  const folder = resolve(projectFolder, terminal.folder);
  const watch = (change: 1 | -1): void => void (pace.watchers += change);
  const face = new MetatraderFace({ exchange, faults, clock, watch }, account, {
    serverTime: terminal.serverTime,
    marginMode: positionMode === "hedge" ? "hedging" : "netting",
  });
  return { host: new FolderHost({ face, pace, faults, clock, folder, pollMs }), folder };
}
