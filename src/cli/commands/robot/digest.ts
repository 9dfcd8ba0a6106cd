import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { resolveConfig } from "../../../app/config/resolve-config.ts";
import { makeDigest, sendDigest } from "../../../app/digest/make-digest.ts";
import { tradingHome } from "../../../app/trading/trading-home.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
import { hourMs } from "../../../base/time.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import { readNumber } from "../../flags/add-flags.ts";
import { invalidFlag } from "../../flags/flag-errors.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";

export type DigestFlags = CommonFlags &
  ConfigFlags & { readonly hours: string; readonly send?: true; readonly toFile?: string };

/** `kiwi digest`: what all sessions did in the last hours, on the screen, as a page, or over the channels of alerts. */
export async function digestCommand(shell: Shell, flags: DigestFlags): Promise<number> {
  const { folder, env } = shell;
  const hours = readNumber("--hours", flags.hours);
  if (!(hours > 0)) throw invalidFlag("--hours", flags.hours, "a number of hours above 0");
  const { config } = await resolveConfig({ folder, file: flags.config, env, sets: flags.set });
  const owner = { home: tradingHome(env), config, places: { folder, env } };
  const toMs = Date.now();
  const made = await makeDigest(owner, toMs - hours * hourMs, toMs);
  if (flags.toFile !== undefined) writeFileSync(resolve(folder, flags.toFile), made.html);
  const sent = flags.send === true ? await sendDigest(made, config, owner) : [];
  if (flags.send === true && sent.length === 0) throw noChannel();
  const isGood = sent.every(({ delivered }) => delivered);
  if (flags.json === true)
    shell.out(envelope("digest@1", { title: made.title, ...made.digest, sent }, isGood));
  else if (flags.send !== true && flags.toFile === undefined) shell.out(`${made.title}\n${made.text}`);
  else {
    shell.out(made.title);
    if (flags.toFile !== undefined) shell.out(`written to ${flags.toFile}`);
    for (const { channel, why } of sent)
      shell.out(why === null ? `${channel}  delivered` : `${channel}  NOT delivered: ${why}`);
  }
  return isGood ? exitCodes.ok : exitCodes.network;
}

function noChannel(): KiwiError {
  return new KiwiError({
    code: "CHANNEL_NONE",
    exit: "config",
    message: "no channel is configured that a digest could be sent over",
    why: "alerts.channels is empty",
    fix: 'put one into kiwi.config.jsonc: "alerts": { "channels": { "mail": { "use": "email", ... } } }   (kiwi help alerts)',
    topic: "alerts",
  });
}
