import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { accountSlug } from "../../robot/account-slug.ts";
import { replaceFile, textOf } from "../../robot/whole-file.ts";

const accountRecord = z.object({
  account: z.string(),
  mode: z.enum(["paper", "live"]),
  /** The broker as the configuration writes it: places of secrets, never secrets. */
  broker: z.looseObject({ use: z.string() }),
  /** Relative paths of the broker's options, and of files with plug-ins, start here. */
  folder: z.string(),
  /** Files whose plug-ins the broker may be one of. Records from before this was noted have none. */
  plugins: z.array(z.string()).default([]),
  /** The newest session of the account. */
  session: z.string(),
  /** All that sessions have traded on it: where a holding is a balance of coins, nothing else says what is one. */
  symbols: z.array(z.string()).default([]),
});

/**
 * What is known of an account that was traded here: enough to reach its venue without the configuration. Written before a
 * robot sends anything.
 */
export type AccountRecord = z.output<typeof accountRecord>;

/** Notes how an account is reached; symbols of earlier sessions stay. */
export function noteAccount(home: string, record: AccountRecord): void {
  const folder = join(home, "accounts");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = knownAccounts(home).find(({ account }) => account === record.account)?.symbols ?? [];
  const symbols = [...new Set([...before, ...record.symbols])];
  const text = JSON.stringify({ ...record, symbols }, null, 2);
  replaceFile(join(folder, `${accountSlug(record.account)}.json`), text);
}

/** Every account that was traded here, by name. One whose record cannot be read is left out: its switch works all the same. */
export function knownAccounts(home: string): readonly AccountRecord[] {
  const folder = join(home, "accounts");
  return namesIn(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      try {
        return [accountRecord.parse(JSON.parse(textOf(join(folder, name)) ?? ""))];
      } catch {
        return [];
      }
    })
    .toSorted((a, b) => (a.account < b.account ? -1 : 1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
