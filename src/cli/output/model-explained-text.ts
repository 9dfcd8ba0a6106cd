import type { ModelExplained } from "../../app/jobs/models/explain-model-job.ts";
import { formatTime } from "../../base/time.ts";
import { table } from "./table.ts";

const right = { align: "right" } as const;
const shownMax = 15;

/** What a model's answers come from, for a terminal. */
export function modelExplainedText(explained: ModelExplained): string {
  if (explained.kind === "network") return networkText(explained);
  return explained.kind === "row" ? rowText(explained) : importanceText(explained);
}

const headings = {
  selection: "share let in",
  attention: "share looked at",
  trend: "trend goes on",
  season: "season goes on",
} as const;

function networkText(explained: Extract<ModelExplained, { kind: "network" }>): string {
  const { model, closeTimeMs, raw, probability, views } = explained;
  const head = `${model} about the bar that closes ${formatTime(closeTimeMs)}: up with ${percent(probability)} (${percent(raw)} before recalibration)`;
  return [head, ...views.map(viewText)].join("\n\n");
}

/** Steps stand in their order, all else by size. */
function viewText({ kind, values }: NetworkView): string {
  const isSteps = kind === "trend" || kind === "season";
  const sorted = isSteps ? values : values.toSorted((a, b) => b.value - a.value);
  const rows = sorted
    .slice(0, shownMax)
    .map(({ name, value }) => [name, isSteps ? signed(value) : percent(value)]);
  const first = { title: kind === "attention" ? "row" : isSteps ? "ahead" : "feature" };
  return table([first, { title: headings[kind], ...right }], rows);
}

type NetworkView = Extract<ModelExplained, { kind: "network" }>["views"][number];

function rowText(explained: Extract<ModelExplained, { kind: "row" }>): string {
  const { model, closeTimeMs, unit, base, sum, raw, probability, features } = explained;
  const rest = features.slice(shownMax);
  const rows = [
    ["before any feature", "", base.toFixed(4)],
    ...features
      .slice(0, shownMax)
      .map(({ name, value, adds }) => [
        name,
        value === null ? "missing" : String(Number(value.toPrecision(5))),
        signed(adds),
      ]),
    ...(rest.length === 0
      ? []
      : [[`${rest.length} others`, "", signed(rest.reduce((all, { adds }) => all + adds, 0))]]),
    ["sum", "", sum.toFixed(4)],
  ];
  const head = `${model} about the bar that closes ${formatTime(closeTimeMs)}: up with ${percent(probability)} (${percent(raw)} before recalibration)`;
  const columns = [{ title: "feature" }, { title: "value", ...right }, { title: `adds (${unit})`, ...right }];
  return `${head}\n\n${table(columns, rows)}`;
}

function importanceText(explained: Extract<ModelExplained, { kind: "importance" }>): string {
  const { model, fromMs, throughMs, rows, logLoss, features } = explained;
  const head = `${model} on ${rows} bars from ${formatTime(fromMs)} to ${formatTime(throughMs)}, after its training: log loss ${logLoss.toFixed(4)}`;
  const columns = [
    { title: "feature" },
    { title: "log loss without it", ...right },
    { title: "share of gain", ...right },
  ];
  const shown = features
    .slice(0, shownMax)
    .map(({ name, rise, gain }) => [name, signed(rise, 5), gain === null ? "n/a" : percent(gain)]);
  return `${head}\n\n${table(columns, shown)}`;
}

function signed(value: number, digits = 4): string {
  return `${value >= 0 ? "+" : ""}${value.toFixed(digits)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
