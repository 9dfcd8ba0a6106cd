import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { sha256 } from "../../base/hash.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { conventionOf, metricDefinitions } from "../metrics/metric-definitions.ts";
import { headlineRows } from "./headline.ts";
import { typeset } from "./html/table.ts";
import { metricText } from "./metric-text.ts";
import { countText, moneyText } from "./number-text.ts";
import { renderHtml } from "./render-html.ts";
import type { ReportInput } from "./report-input.ts";

const chapters = [
  "verdict",
  "headline",
  "price",
  "equity",
  "calendar",
  "trades",
  "rolling",
  "robustness",
  "metrics",
  "reproduce",
];
const costSensitivity = [0, 0.5, 1, 2, 3].map((costMultiple) => ({
  costMultiple,
  totalReturn: 0.3 - costMultiple * 0.2,
  sharpe: 1 - costMultiple * 0.4,
}));

const input = reportRun({ market: { bars: 6000 }, facts: { costSensitivity } });
const page = renderHtml(input);

/** The page without its script, whose words are not data. */
function said(text: string): string {
  return text.replace(/<script>[\s\S]*?<\/script>/, "").replace(/<style>[\s\S]*?<\/style>/, "");
}

/** Without the line breaks and spaces between elements, which mean nothing. */
function tight(text: string): string {
  return text
    .replace(/[ \n]+/g, " ")
    .replace(/> </g, "><")
    .replace(/ >/g, ">");
}

function decoded(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

test("every chapter is there, in order, and the bar of links leads to each", () => {
  const places = chapters.map((id) => page.indexOf(`<section id="${id}"`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const id of chapters) expect(page).toContain(`<a href="#${id}">`);
});

test("nothing in any page is NaN, undefined or infinite", () => {
  const runs: readonly ReportInput[] = [
    input,
    refusedRun(),
    reportRun({ market: { bars: 12 }, params: { fast: 2, slow: 3, short: false } }),
    reportRun({ withBenchmark: false, facts: { checks: [], warnings: [], sources: [], configDiff: [] } }),
    reportRun({ market: { symbols: 8, bars: 500, timeframe: "1d" }, config: { account: { cash: 1e6 } } }),
  ];
  for (const run of runs) expect(said(renderHtml(run))).not.toMatch(/NaN|undefined|Infinity/);
});

test("two renderings of the same run are the same bytes, and so are those of two equal runs", () => {
  expect(renderHtml(input)).toBe(page);
  expect(renderHtml(reportRun({ market: { bars: 6000 }, facts: { costSensitivity } }))).toBe(page);
});

test("the page asks for nothing from anywhere", () => {
  expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
  expect(page).not.toMatch(
    /<(?:img|iframe|object|embed|audio|video)\b|<script[^>]+src=|<link[^>]+href="(?!data:,")/,
  );
});

test("only the page's own script may run, and it is a script", () => {
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page)!;
  const hash = Buffer.from(sha256(script!), "hex").toString("base64");
  expect(decoded(page)).toContain("default-src 'none'");
  expect(decoded(page)).toContain(`script-src 'sha256-${hash}'`);
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- compiled and not run: a syntax error would stop the page
  expect(() => new Function(script!)).not.toThrow();
});

test("names and reasons from outside become text and never markup", () => {
  const attack = '<script>alert("x")</script>';
  const strategy = {
    ...smaCross,
    name: attack,
    onBar({ target, series }: Parameters<typeof smaCross.onBar>[0]) {
      target(series.fast.now > series.slow.now ? 1 : 0, attack);
    },
  };
  const attacked = reportRun({
    strategy,
    market: { symbols: [attack, "</title>"], bars: 600 },
    facts: {
      title: attack,
      command: attack,
      warnings: [attack],
      checks: [{ id: attack, pass: false }],
      sources: [{ name: attack, symbol: attack, rows: 1, quarantined: 0, gaps: 1 }],
      configDiff: [attack],
    },
  });
  expect(attacked.trades[0]!.exitReason).toBe(attack);
  const text = renderHtml(attacked);
  expect(text).not.toContain("<script>alert");
  expect(text.match(/<script/g)!.length).toBe(page.match(/<script/g)!.length);
  expect(text.match(/<\/title>/g)!.length).toBe(text.match(/<title>/g)!.length);
});

test("the table of metrics says exactly the metrics, each with its convention", () => {
  const text = decoded(tight(page));
  for (const { key, label, unit } of metricDefinitions) {
    const value = typeset(metricText(unit, input.metrics[key]));
    expect(text, key).toContain(
      `<th scope="row">${typeset(label)}</th><td class="number">${value}</td><td><span class="convention">${conventionOf(key, input.metrics)}</span></td>`,
    );
  }
});

test("the headline says what the terminal says", () => {
  for (const { label, strategy, strategyInterval, benchmark } of headlineRows(input)) {
    expect(decoded(page)).toContain(label.trim());
    for (const value of [strategy, strategyInterval, benchmark])
      expect(decoded(page)).toContain(typeset(value));
  }
});

test("every picture says in words what it shows, and has a table and a CSV file beside it", () => {
  const figures = tight(page)
    .split("<figure ")
    .slice(1)
    .map((part) => part.split("</figure>")[0]!);
  expect(figures.length).toBeGreaterThanOrEqual(9);
  for (const figure of figures) {
    expect(figure).toMatch(/<svg class="still wide" role="img" aria-label="[^"]{20,}"/);
    expect(figure).toMatch(/<svg class="still narrow" role="img" aria-label="[^"]{20,}"/);
    expect(figure).toMatch(/<details><summary>Table<\/summary>[\s\S]*<table>/);
    expect(figure).toMatch(
      /<a class="csv" download="[\w.-]+\.csv" href="data:text\/csv;charset=utf-8;base64,/,
    );
    expect(figure).toMatch(/<figcaption>[^<]{20,}/);
  }
});

test("the equity file ends where the account ended", () => {
  const [, content] = /download="equity\.csv" href="data:text\/csv;charset=utf-8;base64,([^"]+)"/.exec(page)!;
  const lines = Buffer.from(content!, "base64").toString("utf8").trimEnd().split("\r\n");
  expect(lines[0]).toBe("date,equity,benchmark,drawdown,exposure,costs");
  expect(Number(lines.at(-1)!.split(",")[1])).toBe(input.metrics.finalEquity);
});

test("synthetic data are called so at the top, on every chart and at the end", () => {
  expect(page).toContain('<body class="synthetic">');
  expect(page).toContain("SYNTHETIC DATA: this says nothing about any real market.");
  expect(page).toMatch(/<footer>.*SYNTHETIC DATA/);
  const real = renderHtml(reportRun({ facts: { dataKind: "real" } }));
  expect(said(real)).not.toMatch(/synthetic data|class="synthetic"/i);
});

test("a run without trades shows the whole funnel and why", () => {
  const text = said(renderHtml(refusedRun()));
  expect(text).toContain("No trade was closed");
  expect(text).toMatch(/refused by notional-min/);
  expect(text).not.toContain("figure-profit");
});

test("what was not computed is said in a sentence and not drawn", () => {
  const text = said(renderHtml(reportRun({ withBenchmark: false, market: { bars: 300 } })));
  expect(text).toContain("This run was not repeated at other costs");
  expect(text).toMatch(/A window of \d+ trading days says something only/);
  expect(text).toContain("Buy &amp; hold was not computed");
});

test("a portfolio draws the symbols that were traded most and lists the others", () => {
  const many = reportRun({
    market: { symbols: 30, bars: 400, timeframe: "1d" },
    config: { account: { cash: 1e7 } },
  });
  const text = renderHtml(many);
  expect(text.match(/data-model="price-\d+"/g)!.length).toBe(6);
  expect(text).toContain("24 more symbols");
  expect(text).toContain("By symbol");
});

test("two hundred thousand bars make a page below five megabytes, and it says what was thinned", () => {
  const long = reportRun({ market: { timeframe: "1m", bars: 200_000 } });
  const text = renderHtml(long);
  expect(Buffer.byteLength(text)).toBeLessThan(5_000_000);
  expect(said(text)).toContain(
    `Of ${countText(long.log.length)} values the lowest and the highest of each of 2,000 columns are kept`,
  );
  expect(said(text)).toMatch(/200,000 bars of 1m are kept as [\d,]+ candles of/);
  expect(text).toContain(typeset(moneyText(long.metrics.finalEquity)));
});

test("trades beyond the first two hundred are counted and left to trades.csv", () => {
  const busy = reportRun({ market: { bars: 20_000 }, params: { fast: 2, slow: 5, short: false } });
  expect(busy.trades.length).toBeGreaterThan(200);
  const text = renderHtml(busy);
  expect(text).toContain(`The first 200 of ${countText(busy.trades.length)} trades`);
  expect(text.match(/data-show="/g)!.length).toBe(200);
});
