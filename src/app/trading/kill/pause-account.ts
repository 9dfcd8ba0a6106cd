import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { Pause, type PauseNote } from "../../../robot/kill/pause.ts";
import type { TradingState } from "../../../ports/risk.ts";

/** Lets nothing be opened on an account until it is resumed, restarts included. */
export function pauseAccount(home: string, account: string, by: string, reason: string): PauseNote {
  const pause = new Pause(home, account);
  pause.set(by, reason, Date.now());
  return pause.note()!;
}

/** Lifts a pause. What its kill switch still says comes back: no pause has to do with it. */
export function resumeAccount(home: string, account: string): TradingState & { readonly wasPaused: boolean } {
  const wasPaused = new Pause(home, account).lift();
  return { wasPaused, ...new KillSwitch(home, account).order() };
}
