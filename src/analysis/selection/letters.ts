import type { RegimeLabel } from "../../domain/regime.ts";

/** One letter for each regime, for places too small for its name. */
export const regimeLetters: Readonly<Record<RegimeLabel, string>> = {
  "trend-up": "U",
  "trend-down": "D",
  sideways: "S",
  volatile: "V",
  unknown: "?",
};

/** One letter for each strategy by its place, its number from the 53rd on, and a dash for nobody: no two are alike. */
export function strategyLetter(index: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return index < 0 ? "-" : (letters[index] ?? String(index + 1));
}
