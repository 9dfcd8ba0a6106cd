import { regimeLabels } from "../../../domain/regime.ts";
import {
  analyseSelection,
  type Contestant,
  type SelectionAnalysis,
} from "../../selection/analyse-selection.ts";
import { regimeLetters, strategyLetter } from "../../selection/letters.ts";
import { clipped, countText, moneyText, percentText, ratioText } from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import type { Paint } from "./ansi.ts";
import { labelled } from "./wrap-text.ts";

const label = (text: string) => text.padEnd(12);

/** How a run chose among strategies, as lines of at most `width` characters; none where one strategy traded alone. */
export function choiceLines(input: ReportInput, width: number, paint: Paint): readonly string[] {
  const analysis = analyseSelection(input);
  if (analysis === null) return [];
  const { selection, switches, switchCost, spells, turns } = analysis;
  const [first] = selection.symbols;
  const symbol = input.instruments.length > 1 ? ` of ${input.instruments[0]!.symbol}` : "";
  const { log } = first!;
  const columns = Math.min(60, width) - 12;
  const regimes = strip(input, log, columns, (row) => regimeLetters[regimeLabels[log.label[row]!]!]);
  const strategies = strip(input, log, columns, (row) => strategyLetter(log.strategy[row]!));
  const demoted = turns.reduce((sum, { demotions }) => sum + demotions, 0);
  return [
    ...labelled(
      label("CHOICE"),
      `${selection.regimeName} tells the regime, ${selection.selectorName} chooses${symbol === "" ? "" : `; strips${symbol}`}`,
      width,
    ).map((line) => paint(line, "strong")),
    label("Regime") + regimes,
    label(selection.isBlend ? "Largest" : "Strategy") + strategies,
    ...labelled(
      label(""),
      spells.map((one) => `${regimeLetters[one.label]} ${one.label} ${shareText(one.share)}`).join(", "),
      width,
    ),
    ...labelled(label(""), turnsText(analysis), width),
    ...labelled(label("Later start"), laterStartsText(analysis), width),
    ...labelled(
      label("Changes"),
      `${countText(switches.length)} of strategy, costing ${moneyText(switchCost)} ${input.baseCurrency}; ${countText(demoted)} demotions`,
      width,
    ),
    ...rivalLines(analysis, width),
    ...accuracyLines(analysis, width),
  ];
}

function turnsText({ turns }: SelectionAnalysis): string {
  return turns
    .map((turn, k) => ({ ...turn, letter: strategyLetter(turn.name === null ? -1 : k) }))
    .filter(({ bars }) => bars > 0)
    .map(({ letter, name, share }) => `${letter} ${name ?? "nobody"} ${shareText(share)}`)
    .join(", ");
}

function shareText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The letter that was there longest in each of some columns of the whole range; a space before the first choice. */
function strip(
  { log: { timeMs, length } }: ReportInput,
  log: SelectionAnalysis["selection"]["symbols"][number]["log"],
  columns: number,
  letterAt: (row: number) => string,
): string {
  const fromMs = timeMs[0]!;
  const spanMs = (timeMs[length - 1]! - fromMs) / columns;
  let text = "";
  let row = 0;
  for (let column = 0; column < columns; column++) {
    const endMs = column === columns - 1 ? Infinity : fromMs + (column + 1) * spanMs;
    const counts = new Map<string, number>();
    for (; row < log.length && log.timeMs[row]! <= endMs; row++)
      counts.set(letterAt(row), (counts.get(letterAt(row)) ?? 0) + 1);
    const [best] = [...counts].sort(([, a], [, b]) => b - a);
    text += best?.[0] ?? " ";
  }
  return text.trimEnd();
}

/** The choice, the best strategy alone, equal shares; buy & hold stands above. */
function rivalLines({ contestants, regrets }: SelectionAnalysis, width: number): readonly string[] {
  const [own, ...others] = contestants;
  const shown = regrets.flatMap(({ name }) => others.find((one) => one.name === name) ?? []);
  return [
    rivalLine("this choice", own!, width),
    ...shown
      .filter(({ kind }) => kind !== "hold")
      .map((one) => rivalLine(one.kind === "alone" ? `best alone: ${one.name}` : one.name, one, width)),
  ];
}

function rivalLine(name: string, { totalReturn, sharpe, sharpeInterval }: Contestant, width: number): string {
  const interval =
    sharpeInterval === null || width < 76
      ? ""
      : `  (${ratioText(sharpeInterval.low)} to ${ratioText(sharpeInterval.high)})`;
  const own = percentText(totalReturn, { signed: true }).padStart(10);
  return `${clipped(name, 33).padEnd(34)}${own} Sharpe${ratioText(sharpe).padStart(7)}${interval}`;
}

function accuracyLines({ accuracy }: SelectionAnalysis, width: number): readonly string[] {
  if (accuracy === null) return [];
  const { accuracy: share, changes, trueChanges } = accuracy;
  return labelled(
    label("Truth"),
    `regime right on ${percentText(share)} of decisions; ${countText(changes)} changes, ${countText(trueChanges)} true ones`,
    width,
  );
}

/** What hangs on the day on which history begins. */
function laterStartsText({ selection: { laterStarts } }: SelectionAnalysis): string {
  if (laterStarts.length === 0) return "too few bars before the first choice to begin later";
  const least = Math.min(...laterStarts.map(({ sameChoice }) => sameChoice ?? 0));
  const returns = laterStarts.map(({ totalReturn }) => percentText(totalReturn, { signed: true }));
  return `by ${laterStarts.map(({ days }) => days).join(", ")} days: ${returns.join(", ")}; same choice on ${percentText(least)}`;
}
