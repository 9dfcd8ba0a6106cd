import { expect, test } from "vitest";
import { metaRun, testMeta } from "../../../test/meta-run.ts";
import { reportRun } from "../../../test/report-run.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { trendFollowing } from "../../strategies/trend-following.ts";
import { analyseSelection } from "../selection/analyse-selection.ts";
import { typeset } from "./html/table.ts";
import { percentText } from "./number-text.ts";
import { renderHtml } from "./render-html.ts";
import { toResultJson } from "./result-json.ts";
import { renderTerminal } from "./terminal/render-terminal.ts";
import { verdictOf } from "./verdict.ts";

const { input } = metaRun({ data: "synthetic:bars=9000" });
const analysis = analyseSelection(input)!;
const page = renderHtml(input);

/** The chapter on the choice, without scripts and styles, its spaces joined. */
function chapter(text: string): string {
  const [, part] = /<section id="choice"([\s\S]*?)<\/section>/.exec(text)!;
  return part!.replace(/\s+/g, " ").replace(/> </g, "><").replace(/> /g, ">").replace(/ </g, "<");
}

test("only a run that chose has a chapter on the choice, and the bar of links leads there", () => {
  expect(page.includes('<a href="#choice">')).toBe(true);
  expect(renderHtml(reportRun()).includes('id="choice"')).toBe(false);
});

test("the chapter has every table without a script, and the figure its words, table and file", () => {
  const text = chapter(page);
  for (const caption of [
    "The choice against what it has to beat",
    "Profit by the regime in which each bar began, as a share of the money at the start",
    "Which strategy was in charge",
    "Regimes",
    "Which regime follows which, from one decision to the next",
    "Changes of strategy",
    "Demotions",
  ])
    expect(text.includes(`<caption>${caption}</caption>`), caption).toBe(true);
  expect(/<svg class="still wide" role="img" aria-label="Price of SYN1, [^"]{40,}"/.test(text)).toBe(true);
  expect(text.includes('download="SYN1-choice.csv"')).toBe(true);
  for (const title of ["Regime in force", "Strategy in charge", "Probability of each regime"])
    expect(text.includes(`>${title}</text>`), title).toBe(true);
  expect(/NaN|undefined|Infinity/.test(text)).toBe(false);
});

test("colour is never alone: every regime and strategy has its letter in legend, lane and table", () => {
  const text = chapter(page);
  for (const [letter, name] of [
    ["U", "trend-up"],
    ["?", "unknown"],
    ["A", "sma-cross"],
    ["C", "mean-reversion"],
    ["-", "nobody"],
  ] as const) {
    expect(text.includes(`<b>${letter}</b>${name}`), name).toBe(true);
    expect(text.includes(`text-anchor="end">${letter}</text>`), name).toBe(true);
  }
  expect(text.includes('<th scope="row">U trend-up</th>')).toBe(true);
  expect(text.includes('<th scope="row">A sma-cross</th>')).toBe(true);
});

test("the tables say the numbers of the analysis", () => {
  const text = chapter(page);
  const plain = (words: string) => typeset(words).replace(/\s/g, " ");
  const hasCell = (words: string) => text.includes(`<td class="number">${plain(words)}</td>`);
  const signed = (fraction: number | null) => percentText(fraction, { signed: true });
  for (const { totalReturn, byRegime } of analysis.contestants) {
    expect(hasCell(signed(totalReturn))).toBe(true);
    for (const share of byRegime!) if (share !== 0) expect(hasCell(signed(share))).toBe(true);
  }
  for (const { reason } of analysis.switches) expect(text.includes(plain(reason)), reason).toBe(true);
  for (const share of analysis.transitions.shares.flatMap((row) => row!))
    expect(hasCell(percentText(share))).toBe(true);
});

test("the truth is spoken of only where it is known", () => {
  expect(chapter(page).includes("The truth behind these bars is known")).toBe(true);
  const symbols = input.selection!.symbols.map((symbol) => ({ ...symbol, truth: null }));
  const unknown = { ...input, selection: { ...input.selection!, symbols } };
  expect(chapter(renderHtml(unknown)).includes("truth")).toBe(false);
  expect(renderTerminal(unknown)).not.toContain("Truth");
  expect(toResultJson(unknown).selection!.accuracy).toBeNull();
});

test("where money is shared, nobody is said to be in charge", () => {
  const shared = metaRun({ strategy: testMeta({ selector: { use: "equal-weight" } }) }).input;
  const text = chapter(renderHtml(shared));
  expect(text.includes("The money was shared among several strategies at once")).toBe(true);
  expect(text.includes(">Leading strategy</text>")).toBe(true);
  expect(text.includes("Which strategy was in charge")).toBe(false);
  expect(renderTerminal(shared)).toMatch(/^Largest {5}[ ABC-]+$/m);
});

test("names and reasons of strategies become text and never markup", () => {
  const attack = '<script>alert("x")</script>';
  const arsenal = [{ strategy: smaCross, name: attack }, { strategy: trendFollowing }];
  const text = renderHtml(metaRun({ strategy: testMeta({ arsenal }) }).input);
  expect(text.includes("<script>alert")).toBe(false);
  expect(text.match(/<script/g)!.length).toBe(page.match(/<script/g)!.length);
});

test("two renderings of two equal runs are the same bytes", () => {
  expect(renderHtml(metaRun({ data: "synthetic:bars=9000" }).input) === page).toBe(true);
});

test("several symbols are drawn, listed by name, and counted together", () => {
  const many = metaRun({ data: "synthetic:bars=1500,symbols=3", config: { account: { cash: 1e6 } } }).input;
  const text = renderHtml(many);
  expect(text.match(/data-model="choice-\d"/g)!.length).toBe(3);
  expect(/<th scope="col" >Symbol<\/th>/.test(chapter(text))).toBe(true);
  expect(/NaN|undefined|Infinity/.test(chapter(text))).toBe(false);
});

test.each([60, 80, 100])(
  "at %d columns the terminal says it in a few lines, none of them too long",
  (width) => {
    const lines = renderTerminal(input, { width }).split("\n");
    const from = lines.findIndex((line) => line.startsWith("CHOICE"));
    const block = lines.slice(from, lines.indexOf("", from));
    expect(block.length).toBeGreaterThanOrEqual(6);
    expect(block.length).toBeLessThanOrEqual(width === 60 ? 17 : 13);
    for (const line of block) expect(line.length).toBeLessThanOrEqual(width);
    expect(block.join("\n")).toMatch(/^Regime {6}[ USDV?]+\nStrategy {4}[ ABC-]+$/m);
    expect(block.join("\n")).toContain("best alone: ");
    expect(renderTerminal(reportRun(), { width })).not.toContain("CHOICE");
  },
);

test("result.json has the choice, and nothing that JSON would lose", () => {
  const { selection } = toResultJson(input);
  expect(JSON.parse(JSON.stringify(selection))).toEqual(selection);
  expect(selection).toMatchObject({
    regime: "test-around-mean",
    selector: "test-best-mean",
    strategies: ["sma-cross", "trend-following", "mean-reversion"],
    switchCount: analysis.switches.length,
  });
  for (const { totalReturn, returnByRegime } of selection!.contestants) {
    const sum = Object.values(returnByRegime!).reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(totalReturn!, 9);
  }
  expect(toResultJson(reportRun()).selection).toBeNull();
});

test("a choice that makes less than equal shares of the same strategies is told so", () => {
  const spoiled = (returned: number) => ({
    ...input,
    selection: {
      ...input.selection!,
      rivals: input.selection!.rivals.map((rival) =>
        rival.kind === "equal-weight"
          ? { ...rival, metrics: { ...rival.metrics, totalReturn: returned } }
          : rival,
      ),
    },
  });
  const said = (returned: number) => {
    const { headline, reasons } = verdictOf(spoiled(returned));
    return [headline, ...reasons].join(" ");
  };
  expect(said(9)).toContain("Choosing made less than equal shares of the same strategies");
  expect(said(-0.99)).not.toContain("equal shares");
});
