import { setTimeout as sleep } from "node:timers/promises";
import { KiwiError } from "../../base/errors.ts";
import type { ComponentReport } from "../../ports/component.ts";
import { fixedComponent, unknownComponent } from "../components/components.ts";
import { sessionPaths, type SessionNote } from "./session-folder.ts";
import { readStatus } from "./session-status.ts";
import { isRunning } from "./stop-session.ts";
import { askForSwitch, type SwitchRequest } from "./watch/switches.ts";

const waitMsMax = 20_000;

/**
 * Asks a running session to switch a part on or off, and waits until it says that it has. Throws `SESSION_ENDED`,
 * `COMPONENT_UNKNOWN`, `COMPONENT_FIXED` and `SWITCH_TIMEOUT`.
 */
export async function switchPart(
  home: string,
  note: SessionNote,
  wish: Omit<SwitchRequest, "atMs">,
): Promise<ComponentReport> {
  const { id, isOn } = wish;
  const paths = sessionPaths(home, note.id);
  const reports = (): readonly ComponentReport[] => readStatus(paths.status)?.components ?? [];
  if (!isRunning(home, note)) throw ended(note.id);
  const known = reports();
  const part = known.find((one) => one.id === id);
  if (part === undefined)
    throw unknownComponent(
      id,
      known.map((one) => one.id),
    );
  if (!part.isSwitchable) throw fixedComponent(id);
  askForSwitch(paths.switches, { ...wish, atMs: Date.now() });
  let last = part;
  for (const untilMs = Date.now() + waitMsMax; Date.now() < untilMs;) {
    last = reports().find((one) => one.id === id) ?? last;
    if (last.state === (isOn ? "open" : "off")) return last;
    await sleep(100);
  }
  throw notSwitched(id, isOn, last);
}

function ended(session: string): KiwiError {
  return new KiwiError({
    code: "SESSION_ENDED",
    exit: "usage",
    message: `session ${session} does not run`,
    why: "parts are switched while a session runs; a new one begins with all of them on",
    fix: "kiwi components   shows the parts of the project; change kiwi.config.jsonc for the next session",
    topic: "components",
  });
}

function notSwitched(id: string, isOn: boolean, { state, detail }: ComponentReport): KiwiError {
  return new KiwiError({
    code: "SWITCH_TIMEOUT",
    exit: "timeout",
    message: `${id} is not ${isOn ? "on" : "off"} after ${waitMsMax / 1_000} s`,
    why: `it is ${state}: ${detail}`,
    fix: "kiwi logs --part robot   says what the session made of it",
    topic: "components",
  });
}
