import { resolve } from "node:path";
import { barsRequestOf } from "../../app/bars-request.ts";
import { inspectData, type InspectedSource } from "../../app/inspect-data.ts";
import { resolveConfig } from "../../app/resolve-config.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { flagLayer, type FlagValues } from "../flags/flag-layer.ts";
import { dataFlags } from "../flags/run-flags.ts";
import { envelope } from "../output/json.ts";
import { sourceText } from "../output/source-text.ts";
import type { Shell } from "../shell.ts";

export type DataCheckFlags = CommonFlags & ConfigFlags & FlagValues;

/** `kiwi data check`: how files are read and what is wrong with them. Exit 5 when bars are not a market's prices. */
export async function dataCheckCommand(
  shell: Shell,
  paths: readonly string[],
  flags: DataCheckFlags,
): Promise<number> {
  const given = (flags["data"] ?? []) as readonly string[];
  const { config } = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
    flags: flagLayer(dataFlags, { ...flags, ...(paths.length === 0 ? {} : { data: [...given, ...paths] }) }),
  });
  const request = barsRequestOf({ folder: resolve(shell.folder), config, nowMs: Date.now() });
  const inspected = await inspectData(request, config);
  const isSound = inspected.every(({ report }) =>
    report.findings.every(({ severity }) => severity !== "error"),
  );
  if (flags.json === true) shell.out(envelope("data-check@1", { sources: inspected.map(plain) }, isSound));
  else shell.out(inspected.map((source) => sourceText(source)).join("\n\n"));
  return isSound ? exitCodes.ok : exitCodes.check;
}

function plain({ source, report }: InspectedSource): Readonly<Record<string, unknown>> {
  const { path, sha256, detected, quarantine, rowsRead } = source;
  return { path, sha256, rowsRead, detected, quarantine, report };
}
