import type { RegimeLabel } from "../../domain/regime.ts";

/** One letter for each regime, for places too small for its name. */
export const regimeLetters: Readonly<Record<RegimeLabel, string>> = {
  "trend-up": "U",
  "trend-down": "D",
  sideways: "S",
  volatile: "V",
  unknown: "?",
};

/** One letter for each strategy by its place, and a dash for nobody. */
export function strategyLetter(index: number): string {
  return index < 0 ? "-" : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[index % 52]!;
}
