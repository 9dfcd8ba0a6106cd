/** When our own switch was pulled: what was ordered or filled then had to wait here, and that says nothing of the venue. */
export class Halts {
  private readonly spans: { readonly fromMs: number; toMs: number }[] = [];

  /** Hears the state of trading as it changes. */
  hear(state: string, atMs: number): void {
    const last = this.spans.at(-1);
    const isHalted = last !== undefined && last.toMs === Infinity;
    if (state === "halted" && !isHalted) this.spans.push({ fromMs: atMs, toMs: Infinity });
    else if (state !== "halted" && isHalted) last.toMs = atMs;
  }

  /** Whether it was pulled at any time between the two. */
  touches(fromMs: number, toMs: number): boolean {
    return this.spans.some((span) => span.fromMs <= toMs && span.toMs >= fromMs);
  }
}
