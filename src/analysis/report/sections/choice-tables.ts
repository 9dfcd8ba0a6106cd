import { regimeLabels, type RegimeLabel } from "../../../domain/regime.ts";
import type { Contestant, SelectionAnalysis } from "../../selection/analyse-selection.ts";
import { regimeLetters, strategyLetter } from "../../selection/letters.ts";
import { csvLink } from "../html/figure.ts";
import { html, type Html } from "../html/html.ts";
import { tableHtml, typeset } from "../html/table.ts";
import {
  clipped,
  countText,
  isoText,
  minuteText,
  moneyText,
  notAvailable,
  percentText,
  ratioText,
} from "../number-text.ts";
import type { ReportInput } from "../report-input.ts";
import { nothingHere } from "./section.ts";

const [listedMax, csvRowsMax] = [100, 5000];

const signed = (value: number | null) => percentText(value, { signed: true });

/** The choice beside everything that it has to beat. */
export function contestTable({ contestants }: SelectionAnalysis, { baseCurrency }: ReportInput): Html {
  const own = contestants[0]!.totalReturn;
  return tableHtml({
    caption: "The choice against what it has to beat",
    columns: [
      { label: "" },
      ...[
        "Return",
        "Difference",
        "CAGR",
        "Sharpe, 95 %",
        "Max drawdown",
        "Closed trades",
        `Costs in ${baseCurrency}`,
      ].map((label) => ({ label, isNumber: true })),
    ],
    rows: contestants.map((one) => [
      contestantText(one),
      signed(one.totalReturn),
      one.kind === "choice" || one.totalReturn === null || own === null ? "" : signed(one.totalReturn - own),
      signed(one.cagr),
      sharpeCell(one),
      percentText(one.maxDrawdown),
      countText(one.trades),
      moneyText(one.costs),
    ]),
  });
}

/** The same run with bars that begin later: what hangs on the first day. */
export function laterStartsTable({ selection, contestants }: SelectionAnalysis): Html | null {
  if (selection.laterStarts.length === 0) return null;
  return tableHtml({
    caption: "Had history begun later",
    columns: [
      { label: "First bar" },
      ...["Return", "Same regime", "Same choice"].map((label) => ({ label, isNumber: true })),
    ],
    rows: [
      ["as in this run", signed(contestants[0]!.totalReturn), "", ""],
      ...selection.laterStarts.map(({ days, totalReturn, sameRegime, sameChoice }) => [
        `${countText(days)} ${days === 1 ? "day" : "days"} later`,
        signed(totalReturn),
        percentText(sameRegime),
        percentText(sameChoice),
      ]),
    ],
  });
}

function sharpeCell({ sharpe, sharpeInterval }: Contestant): Html {
  const interval =
    sharpeInterval === null
      ? notAvailable
      : `${ratioText(sharpeInterval.low)} to ${ratioText(sharpeInterval.high)}`;
  return html`${typeset(ratioText(sharpe))} <span class="interval">${typeset(interval)}</span>`;
}

function contestantText({ name, kind }: Contestant): string {
  if (kind === "choice") return `${name} (this run)`;
  return kind === "alone" ? `${name} alone` : name;
}

/** How long the regimes lasted, and which followed which. */
export function regimeTables({ spells, transitions, decisions }: SelectionAnalysis): Html {
  return html`${tableHtml({
    caption: "Regimes",
    columns: [
      { label: "Regime" },
      ...["Decisions", "Share", "Times", "Mean length", "Expected length"].map((label) => ({
        label,
        isNumber: true,
      })),
    ],
    rows: spells.map((spell) => [
      regimeText(spell.label),
      countText(spell.bars),
      percentText(spell.share),
      countText(spell.spells),
      `${countText(Math.round(spell.meanDwellBars * 10) / 10)} bars`,
      expectedText(spell.expectedDwellBars, decisions),
    ]),
  })}
  ${tableHtml({
    caption: "Which regime follows which, from one decision to the next",
    columns: [
      { label: "From" },
      ...transitions.labels.map((label) => ({ label: `to ${label}`, isNumber: true })),
    ],
    rows: transitions.labels.map((label, from) => [
      regimeText(label),
      ...transitions.labels.map((_, to) => percentText(transitions.shares[from]?.[to])),
    ]),
  })}`;
}

/** A regime that is hardly ever left is expected to last for ever: that is no number for people. */
function expectedText(bars: number | null, decisions: number): string {
  if (bars === null) return notAvailable;
  return bars > decisions ? "longer than the data" : `${countText(Math.round(bars * 10) / 10)} bars`;
}

/** What everybody made in each regime, as a share of the money at the start; the rows add up to the returns above. */
export function profitTable({ contestants }: SelectionAnalysis): Html {
  const places = [...regimeLabels.keys(), regimeLabels.length].filter((place) =>
    contestants.some(({ byRegime }) => byRegime !== null && byRegime[place] !== 0),
  );
  return tableHtml({
    caption: "Profit by the regime in which each bar began, as a share of the money at the start",
    columns: [
      { label: "" },
      ...places.map((place) => ({ label: regimeLabels[place] ?? "before the first choice", isNumber: true })),
      { label: "Sum", isNumber: true },
    ],
    rows: contestants
      .filter(({ byRegime }) => byRegime !== null)
      .map((one) => [
        contestantText(one),
        ...places.map((place) => signed(one.byRegime![place]!)),
        signed(one.byRegime!.reduce((sum, share) => sum + share, 0)),
      ]),
  });
}

/** Who had the money how long, and what the account made of it. */
export function turnsTable({ turns, selection }: SelectionAnalysis, { baseCurrency }: ReportInput): Html {
  return tableHtml({
    caption: selection.isBlend ? "Which strategy led" : "Which strategy was in charge",
    columns: [
      { label: "Strategy" },
      ...[
        "Decisions",
        "Share",
        "Times",
        "Mean length",
        `Made meanwhile in ${baseCurrency}`,
        "Times demoted",
      ].map((label) => ({ label, isNumber: true })),
    ],
    rows: turns.map((turn, k) => [
      turn.name === null ? `${strategyLetter(-1)} nobody` : `${strategyLetter(k)} ${turn.name}`,
      countText(turn.bars),
      percentText(turn.share),
      countText(turn.turns),
      turn.meanBars === null ? notAvailable : `${countText(Math.round(turn.meanBars * 10) / 10)} bars`,
      moneyText(turn.profit, { signed: true }),
      turn.name === null ? "" : countText(turn.demotions),
    ]),
  });
}

/** Every change of strategy with its reason, the first hundred on the page. */
export function switchTable({ switches, switchCost }: SelectionAnalysis, input: ReportInput): Html {
  if (switches.length === 0) return nothingHere("No strategy was ever chosen.");
  const hasOne = input.instruments.length === 1;
  const shown = switches.slice(0, listedMax);
  const table = tableHtml({
    caption: "Changes of strategy",
    isDense: true,
    columns: [
      { label: "Time (UTC)" },
      ...(hasOne ? [] : [{ label: "Symbol" }]),
      { label: "Regime" },
      { label: "From" },
      { label: "To" },
      { label: "Next best" },
      { label: `Cost in ${input.baseCurrency}`, isNumber: true },
      { label: "Reason" },
    ],
    rows: shown.map((row) => [
      minuteText(row.timeMs),
      ...(hasOne ? [] : [row.symbol]),
      regimeText(row.regime),
      row.from ?? "nobody",
      row.to ?? "nobody",
      row.runnerUp ?? "",
      moneyText(row.cost),
      clipped(row.reason, 120),
    ]),
  });
  const csv = csvLink({
    fileName: "changes-of-strategy.csv",
    header: ["time", "symbol", "regime", "from", "to", "reason", "runner_up", "score", "cost"],
    rows: switches
      .slice(0, csvRowsMax)
      .map((row) => [
        isoText(row.timeMs),
        row.symbol,
        row.regime,
        row.from,
        row.to,
        row.reason,
        row.runnerUp,
        row.score,
        row.cost,
      ]),
  });
  return html`<details class="folded">
    <summary>
      Changes of strategy: ${countText(switches.length)}, together ${moneyText(switchCost)}
      ${input.baseCurrency}${shown.length < switches.length && `; the first ${countText(listedMax)}`}
    </summary>
    <p class="aside">
      The cost is that of the order which was sent on the bar of the change; where the new strategy holds what
      the old one held there is none. ${csv}
    </p>
    ${table}
  </details>`;
}

/** When a strategy had lost the right to trade. */
export function demotionTable({ selection }: SelectionAnalysis, { instruments }: ReportInput): Html {
  const rows = selection.symbols.flatMap(({ demotions }, instrument) =>
    demotions.map((demotion) => ({ ...demotion, symbol: instruments[instrument]!.symbol })),
  );
  rows.sort((a, b) => a.fromMs - b.fromMs);
  if (rows.length === 0) return html`<p class="aside">No strategy was ever demoted.</p>`;
  return html`<details class="folded">
    <summary>
      Demotions: ${countText(rows.length)}${rows.length > listedMax && `, the first ${countText(listedMax)}`}
    </summary>
    ${tableHtml({
      caption: "Demotions",
      columns: [
        { label: "From (UTC)" },
        { label: "Until" },
        ...(instruments.length === 1 ? [] : [{ label: "Symbol" }]),
        { label: "Strategy" },
        { label: "Reason" },
      ],
      rows: rows
        .slice(0, listedMax)
        .map(({ fromMs, untilMs, symbol, strategy, reason }) => [
          minuteText(fromMs),
          untilMs === null ? "the end" : minuteText(untilMs),
          ...(instruments.length === 1 ? [] : [symbol]),
          selection.strategies[strategy]!,
          reason,
        ]),
    })}
  </details>`;
}

function regimeText(label: RegimeLabel): string {
  return `${regimeLetters[label]} ${label}`;
}
