import { existsSync } from "node:fs";
import { dayMs } from "../base/time.ts";
import type { KiwiConfig } from "./config/config-schema.ts";
import { scanFolder } from "./secrets/scan-folder.ts";
import { accountStates, resetKeyPath } from "./trading/kill/kill-accounts.ts";
import { allSessions, sessionPaths } from "./trading/session-folder.ts";
import { ranMs, readStatus } from "./trading/session-status.ts";

/** What was found about one thing that Kiwi, or a robot, needs. */
export type Finding = {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly text: string;
  /** What to do about it; null when nothing is to be done. */
  readonly fix: string | null;
};

/** Real time on paper before anything is called ready. */
const paperDaysMin = 30;

/**
 * What must be true before somebody leaves a robot alone, as far as files and settings show it: whoever is told, what is
 * done at its times, limits, a way back, a record on paper, keys that are nowhere in the open.
 */
export function examineProduction(home: string, folder: string, config: KiwiConfig): readonly Finding[] {
  return [
    broker(config),
    limits(config),
    alerts(config),
    escalation(config),
    scheduled(config, "digest", /^digest\b.*--send/, "digest --send", "daily 07:00 UTC"),
    scheduled(config, "backup", /^db backup\b/, "db backup FOLDER", "daily 01:00 UTC"),
    secrets(folder),
    wayBack(home),
    switches(home),
    paperRecord(home),
    costs(home),
  ];
}

function finding(id: string, isMet: boolean, text: string, fix: string): Finding {
  return { id, state: isMet ? "ok" : "fail", text, fix: isMet ? null : fix };
}

function broker({ broker: named }: KiwiConfig): Finding {
  const text = named === undefined ? "no broker is configured" : `orders go to ${named.use}`;
  return finding(
    "broker",
    named !== undefined,
    text,
    'put "broker": { "use": ... } into kiwi.config.jsonc   (kiwi help brokers)',
  );
}

function limits({ risk }: KiwiConfig): Finding {
  const has = risk.profile !== "none" || risk.tradingProfile === "trader";
  return finding(
    "limits",
    has,
    `risk profile ${risk.profile}`,
    'set "risk": { "profile": "moderate", "tradingProfile": "trader" }',
  );
}

function alerts({ alerts: { channels } }: KiwiConfig): Finding {
  const kinds = Object.entries(channels).map(([name, { use = name }]) => use);
  // A notice on a desktop reaches nobody who is away.
  const isReached = kinds.some((kind) => kind !== "desktop");
  const text = kinds.length === 0 ? "nobody is told of anything" : `told over ${kinds.join(", ")}`;
  return finding(
    "alerts",
    isReached,
    text,
    "name a channel that reaches you away from the desk, then   kiwi alerts test",
  );
}

function escalation({ alerts: { rules } }: KiwiConfig): Finding {
  const has = rules.some(({ escalateAfterMinutes }) => escalateAfterMinutes !== undefined);
  const text = has
    ? "what nobody takes on is told to somebody else"
    : "what nobody takes on is told to nobody else";
  return {
    id: "escalate",
    state: has ? "ok" : "warn",
    text,
    fix: has ? null : "escalateAfterMinutes and escalateTo in a rule   (kiwi help alerts)",
  };
}

function scheduled({ schedule }: KiwiConfig, id: string, form: RegExp, run: string, when: string): Finding {
  const task = Object.entries(schedule).find(([, one]) => form.test(one.run));
  const text = task === undefined ? `no ${id} at its time` : `${task[0]}: ${task[1].when}`;
  return finding(
    id,
    task !== undefined,
    text,
    `"schedule": { "${id}": { "when": "${when}", "run": "${run}" } }   (kiwi help schedules)`,
  );
}

function secrets(folder: string): Finding {
  const { files, found } = scanFolder(folder);
  const text = `${files} files looked through, ${found.length} secrets in the open`;
  return finding("secrets", found.length === 0, text, "kiwi secrets scan   says where they stand");
}

function wayBack(home: string): Finding {
  const has = existsSync(resetKeyPath(home)) || existsSync(`${home}/authorities`);
  return finding(
    "way back",
    has,
    has ? "a key can lift a kill switch" : "no key can lift a kill switch",
    "kiwi kill key",
  );
}

function switches(home: string): Finding {
  const pulled = accountStates(home, null).filter(({ kill }) => kill.action !== null);
  const text =
    pulled.length === 0 ? "not pulled" : `pulled: ${pulled.map(({ account }) => account).join(", ")}`;
  return finding("switch", pulled.length === 0, text, "kiwi kill status   says why");
}

function paperRecord(home: string): Finding {
  const spans = allSessions(home)
    .filter(({ mode, isDemo }) => mode === "paper" && !isDemo)
    .map((note) => ranMs(note, readStatus(sessionPaths(home, note.id).status)));
  const days = spans.reduce((sum, spanMs) => sum + spanMs, 0) / dayMs;
  const text = `${days.toFixed(1)} days on paper of ${paperDaysMin}`;
  return finding(
    "paper",
    days >= paperDaysMin,
    text,
    "kiwi paper start STRATEGY   at the broker, and let it run",
  );
}

function costs(home: string): Finding {
  const last = allSessions(home).findLast(({ isDemo }) => !isDemo);
  const drift =
    last === undefined ? null : (readStatus(sessionPaths(home, last.id).status)?.comparison?.drift ?? null);
  const text =
    last === undefined
      ? "no session whose costs could be compared"
      : (drift ?? "as in the backtest, in the last session");
  return finding(
    "costs",
    last !== undefined && drift === null,
    text,
    "kiwi costs refit last --to-file costs.json   and costs.fitFile",
  );
}
