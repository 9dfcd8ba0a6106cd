import type { Finding, FindingExample, FindingKind, Severity } from "./bar-report.ts";

/** Counts findings of one kind and keeps the first few as examples. */
export class Tally {
  count = 0;
  readonly examples: FindingExample[] = [];
  private readonly examplesMax: number;

  constructor(examplesMax: number) {
    this.examplesMax = examplesMax;
  }

  /** Notes one; the text is asked for only where it is kept. */
  add(closeTimeMs: number, text: () => string): void {
    this.count += 1;
    if (this.examples.length < this.examplesMax) this.examples.push({ closeTimeMs, text: text() });
  }

  /** The finding in a list, or an empty list when there were none. */
  finding(kind: FindingKind, severity: Severity, message: string): readonly Finding[] {
    return this.count === 0 ? [] : [{ kind, severity, count: this.count, message, examples: this.examples }];
  }
}

/** `1 bar`, `3 bars`; with a plural of its own `1 high or low`, `3 highs and lows`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** A share in percent, with as many digits as it needs to be above zero. */
export function percentOf(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent >= 0.1 ? percent.toFixed(1) : percent.toPrecision(1)} %`;
}
