import type { TimePanel } from "./time-figure.ts";

// The source text of these functions runs in the page too: they use each other and nothing else of this module.

/** Round numbers between two values, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999) ?? power * 10;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/** Round numbers on a logarithmic scale; the linear ones where less than a factor of four is seen. */
export function logTicks(low: number, high: number, count: number): number[] {
  if (high / low < 4) return niceTicks(low, high, count);
  for (const steps of [[1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const each of steps) {
        const tick = Number((each * 10 ** power).toPrecision(12));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    if (ticks.length <= Math.max(2, count)) return ticks;
  }
  return [];
}

/** An axis number: as many decimals as its step needs, thousands grouped, large money in k and M. */
export function tickText(value: number, step: number, unit: TimePanel["unit"]): string {
  const shown = unit === "percent" ? value * 100 : value;
  const shownStep = unit === "percent" ? step * 100 : step;
  const size = Math.abs(shown);
  const [divisor, suffix] =
    unit === "percent" ? [1, " %"] : size >= 1e6 ? [1e6, " M"] : size >= 1e5 ? [1e3, " k"] : [1, ""];
  const decimals = Math.min(10, Math.max(0, Math.ceil(-Math.log10(shownStep / divisor) - 1e-9)));
  const units = (shownStep / divisor) * 10 ** decimals;
  const isQuarter = Math.abs(units - Math.round(units)) > 1e-6;
  const [whole, fraction] = (size / divisor).toFixed(isQuarter ? decimals + 1 : decimals).split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${shown < 0 ? "\u2212" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}${suffix}`;
}

/** Round times (UTC) between two, at most `count` of them, with labels that say what changes from one to the next. */
export function timeTicks(
  fromMs: number,
  toMs: number,
  count: number,
): { readonly timeMs: number; readonly label: string }[] {
  const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
  const fits = (spanMs: number) => (toMs - fromMs) / spanMs <= count;
  const fixedMs = [
    minute,
    5 * minute,
    15 * minute,
    hour,
    3 * hour,
    6 * hour,
    12 * hour,
    day,
    2 * day,
    7 * day,
    14 * day,
  ];
  const stepMs = fixedMs.find(fits);
  const ticks: { timeMs: number; label: string }[] = [];
  if (stepMs !== undefined) {
    // 1970-01-05 was a Monday: weeks are counted from there.
    const originMs = stepMs >= 7 * day ? 4 * day : 0;
    for (let k = Math.ceil((fromMs - originMs) / stepMs); originMs + k * stepMs <= toMs; k++) {
      ticks.push({ timeMs: originMs + k * stepMs, label: timeLabel(originMs + k * stepMs, stepMs) });
    }
    return ticks;
  }
  // A year is a short word: more of them fit.
  const months =
    [1, 2, 3, 6, 12, 24, 36, 60, 120, 240].find((each) => fits(each * 30.4 * day * (each < 12 ? 1 : 1.8))) ??
    480;
  const start = new Date(fromMs);
  for (
    let month = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    ;
    month += months
  ) {
    const timeMs = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (timeMs > toMs) return ticks;
    if (timeMs >= fromMs) ticks.push({ timeMs, label: timeLabel(timeMs, months * 30 * day) });
  }
}

function timeLabel(timeMs: number, stepMs: number): string {
  const iso = new Date(timeMs).toISOString();
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][
    Number(iso.slice(5, 7)) - 1
  ]!;
  const isMidnight = iso.slice(11, 16) === "00:00";
  if (stepMs < 86_400_000 && !isMidnight) return iso.slice(11, 16);
  if (stepMs < 28 * 86_400_000) return `${Number(iso.slice(8, 10))} ${month} ${iso.slice(2, 4)}`;
  return stepMs >= 360 * 86_400_000 || month === "Jan" ? iso.slice(0, 4) : `${month} ${iso.slice(2, 4)}`;
}

/** Every function above, for the page. */
export const tickFunctions = [niceTicks, logTicks, tickText, timeTicks, timeLabel];
