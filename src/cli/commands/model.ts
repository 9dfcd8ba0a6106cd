import { ModelStore, type VersionFound } from "../../adapters/stores/models/model-store.ts";
import { modelsFolderOf, readModelName } from "../../app/train/models-folder.ts";
import { formatTime } from "../../base/time.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { envelope } from "../output/json.ts";
import { lineageText, modelText } from "../output/model-text.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type ModelFlags = CommonFlags;

function storeOf(shell: Shell): ModelStore {
  return new ModelStore(modelsFolderOf(shell.folder));
}

/** `kiwi model list`: all models, or all versions of one. */
export async function modelListCommand(
  shell: Shell,
  name: string | undefined,
  flags: ModelFlags,
): Promise<number> {
  const store = storeOf(shell);
  const names = name === undefined ? await store.names() : [name];
  const models = [];
  for (const one of names) {
    const versions = await store.list(one);
    models.push({ name: one, inUse: (await store.promotions(one))[0] ?? null, versions });
  }
  if (flags.json === true)
    shell.out(envelope("model-list@1", { folder: store.root, models: models.map(plain) }));
  else if (models.length === 0)
    shell.out(`${store.root} holds no models; train one: kiwi train regime --data FILE`);
  else shell.out(listText(models, name !== undefined));
  return 0;
}

type ListedModel = {
  readonly name: string;
  readonly inUse: number | null;
  readonly versions: readonly VersionFound[];
};

function plain({ name, inUse, versions }: ListedModel) {
  return {
    name,
    inUse,
    versions: versions.map((found) => {
      if (found.kind === "unreadable") return { version: found.version, unreadable: found.why };
      const { symbol, timeframe, trainedFromMs, trainedThroughMs } = found.model.artifact;
      const { createdMs, dataKind, judgement, sha256 } = found.model;
      return {
        version: found.version,
        symbol,
        timeframe,
        trainedFromMs,
        trainedThroughMs,
        dataKind,
        createdMs,
        judgement,
        sha256,
      };
    }),
  };
}

/** Of each model the version in use, and where one model is asked for, all of its versions. */
function listText(models: readonly ListedModel[], isOne: boolean): string {
  const rows = models.flatMap(({ name, inUse, versions }) => {
    const shown = isOne
      ? versions
      : versions.filter(({ version }) => version === inUse || inUse === null).slice(-1);
    const newest = versions.at(-1)!.version;
    return shown.map((found) => [
      name,
      `${found.version}${isOne ? "" : ` of ${newest}`}`,
      found.version === inUse ? "in use" : isOne && inUse !== null ? "" : "candidate",
      ...(found.kind === "unreadable" ? [found.why] : [...rangeOf(found), found.model.sha256.slice(0, 12)]),
    ]);
  });
  return table(
    [
      { title: "model" },
      { title: "version" },
      { title: "" },
      { title: "trained on" },
      { title: "through" },
      { title: "kind" },
      { title: "hash" },
    ],
    rows,
  );
}

function rangeOf({ model }: Extract<VersionFound, { kind: "found" }>): readonly string[] {
  const { symbol, timeframe, trainedThroughMs } = model.artifact;
  const mark = model.dataKind === "synthetic" ? " SYNTHETIC" : "";
  return [
    `${symbol} ${timeframe}${mark}`,
    formatTime(trainedThroughMs),
    model.artifact.kind === "predictor" ? model.artifact.family : `${model.artifact.params.states} states`,
  ];
}

/** `kiwi model show`: what a version learned, from what, and how it was judged. */
export async function modelShowCommand(shell: Shell, text: string, flags: ModelFlags): Promise<number> {
  const store = storeOf(shell);
  const { name, version } = readModelName(text);
  const model = await store.read(name, version);
  const inUse = (await store.promotions(name))[0] ?? null;
  if (flags.json === true) shell.out(envelope("model@1", { inUse, ...model }));
  else {
    const { artifact, createdMs } = model;
    const use =
      artifact.version === inUse
        ? "in use"
        : inUse === null
          ? "none is in use"
          : `version ${inUse} is in use`;
    shell.out(
      `${name} version ${artifact.version}, ${use}; trained ${formatTime(createdMs)}\n\n${modelText(model)}\n\n${lineageText(model)}`,
    );
  }
  return 0;
}

/** `kiwi model promote`: puts a version to use. */
export async function modelPromoteCommand(
  shell: Shell,
  name: string,
  text: string,
  flags: ModelFlags,
): Promise<number> {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidFlag("<version>", text, "the number of a version");
  const version = Number(text);
  const before = await storeOf(shell).promote(name, version);
  if (flags.json === true) shell.out(envelope("model-use@1", { name, inUse: version, before }));
  else if (before === version) shell.out(`${name}: version ${version} was in use already`);
  else shell.out(`${name}: version ${version} is in use${before === null ? "" : ` in place of ${before}`}`);
  return 0;
}

/** `kiwi model rollback`: goes back to the version that was in use before. */
export async function modelRollbackCommand(shell: Shell, name: string, flags: ModelFlags): Promise<number> {
  const { from, to } = await storeOf(shell).rollback(name);
  if (flags.json === true) shell.out(envelope("model-use@1", { name, inUse: to, before: from }));
  else shell.out(`${name}: version ${to} is in use again, in place of ${from}`);
  return 0;
}
