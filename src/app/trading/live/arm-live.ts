import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { KiwiError } from "../../../base/errors.ts";
import { formatDuration, minuteMs } from "../../../base/time.ts";
import { accountSlug } from "../../../robot/account-slug.ts";
import { replaceFile, textOf } from "../../../robot/whole-file.ts";

/** How long an account stays armed. */
export const armedMs = 15 * minuteMs;

const armRecord = z.object({
  account: z.string(),
  settingsHash: z.string(),
  armedAtMs: z.number(),
  by: z.string(),
  gates: z.array(z.object({ name: z.string(), found: z.string() })),
});
export type ArmRecord = z.output<typeof armRecord>;

/** Notes that an account may trade money for a while with these settings and no others. */
export function arm(home: string, record: ArmRecord): void {
  mkdirSync(join(home, "armed"), { recursive: true, mode: 0o700 });
  replaceFile(pathOf(home, record.account), JSON.stringify(record, null, 2));
}

/**
 * Uses up the arms of accounts that start together, each with the hash of its settings: an arm is good once. Throws
 * `NOT_ARMED` where one of them has none, an old one, or one for other settings; then none is used up.
 */
export function takeArms(
  home: string,
  wanted: ReadonlyMap<string, string>,
  nowMs: number,
): readonly ArmRecord[] {
  const arms = [...wanted].map(([account, hash]) => armOf(home, account, hash, nowMs));
  for (const { account } of arms) rmSync(pathOf(home, account));
  return arms;
}

function armOf(home: string, account: string, settingsHash: string, nowMs: number): ArmRecord {
  const record = readArm(home, account);
  if (record === null) throw notArmed(account, "it was not armed, or that arm was used up");
  const ageMs = nowMs - record.armedAtMs;
  if (!(ageMs >= 0 && ageMs <= armedMs))
    throw notArmed(
      account,
      `it was armed ${formatDuration(ageMs)} ago, and that holds for ${formatDuration(armedMs)}`,
    );
  if (record.settingsHash !== settingsHash)
    throw notArmed(account, "it was armed for another strategy, other symbols or other settings");
  return record;
}

function readArm(home: string, account: string): ArmRecord | null {
  try {
    const record = armRecord.parse(JSON.parse(textOf(pathOf(home, account)) ?? ""));
    return record.account === account ? record : null;
  } catch {
    return null;
  }
}

function pathOf(home: string, account: string): string {
  return join(home, "armed", `${accountSlug(account)}.json`);
}

function notArmed(account: string, why: string): KiwiError {
  return new KiwiError({
    code: "NOT_ARMED",
    exit: "safety",
    message: `account ${account} is not armed for live trading`,
    why,
    fix: `kiwi live arm STRATEGY --account ${account}   and within 15 minutes   kiwi live start STRATEGY --confirm`,
    topic: "live",
  });
}
