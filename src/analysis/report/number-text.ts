/** What stands where a number does not exist. */
export const notAvailable = "n/a";

type Missing = number | null | undefined;

/** A fraction in per cent: `12.34 %`, fewer decimals where there are many digits already; `n/a` where it is missing. */
export function percentText(fraction: Missing, options: { readonly signed?: boolean } = {}): string {
  if (!isNumber(fraction)) return notAvailable;
  const percent = fraction * 100;
  const size = Math.abs(percent);
  // Digits that nobody can read hide how absurd the number is.
  if (size >= 1e9) return `${percent < 0 ? "below -" : "over "}1,000,000,000 %`;
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : 2;
  return `${fixed(percent, decimals, options.signed === true)} %`;
}

/** An amount of money with two decimals, none from a million up. */
export function moneyText(amount: Missing, options: { readonly signed?: boolean } = {}): string {
  if (!isNumber(amount)) return notAvailable;
  return fixed(amount, Math.abs(amount) >= 1e6 ? 0 : 2, options.signed === true);
}

/** A ratio with two decimals, three below 0.1. */
export function ratioText(ratio: Missing): string {
  if (!isNumber(ratio)) return notAvailable;
  const size = Math.abs(ratio);
  return fixed(ratio, size >= 1000 ? 0 : size > 0 && size < 0.1 ? 3 : 2, false);
}

/** A count: whole numbers without decimals, others with one. */
export function countText(count: Missing): string {
  if (!isNumber(count)) return notAvailable;
  return fixed(count, Number.isInteger(count) ? 0 : 1, false);
}

/** A price or quantity to seven significant digits, never in powers of ten. */
export function priceText(price: Missing): string {
  if (!isNumber(price)) return notAvailable;
  if (price === 0) return "0";
  const digitsBefore = Math.floor(Math.log10(Math.abs(price))) + 1;
  const decimals = Math.min(20, Math.max(0, 7 - digitsBefore));
  const text = fixed(price, decimals, false);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Close time to the minute, `2024-03-05 14:00`. */
export function minuteText(closeTimeMs: Missing): string {
  return isNumber(closeTimeMs) ? isoOf(closeTimeMs).slice(0, 16).replace("T", " ") : notAvailable;
}

/** ISO 8601 in UTC without milliseconds: `2024-03-05T14:00:00Z`. */
export function isoText(timeMs: number): string {
  return isoOf(timeMs).replace(".000Z", "Z");
}

/** A text from data, cut where a page could not show it anyway. */
export function clipped(text: string, most = 160): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function isNumber(value: Missing): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function fixed(value: number, decimals: number, signed: boolean): string {
  const digits = Math.abs(value).toFixed(decimals);
  const isZero = Number(digits) === 0;
  const sign = isZero ? "" : value < 0 ? "-" : signed ? "+" : "";
  const [whole, fraction] = digits.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? sign + grouped : `${sign}${grouped}.${fraction}`;
}
