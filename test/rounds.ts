/**
 * How many rounds of chance a test makes: as many as it usually does, or the share of them that `KIWI_ROUNDS` asks for.
 * Who runs the same tests hundreds of times (`npm run prove mutants`) cannot wait for all of them each time; `least` of them
 * are made all the same.
 */
export function roundsOf(usual: number, least = 0): number {
  return Math.max(least, Math.ceil(usual * Number(process.env["KIWI_ROUNDS"] ?? 1)));
}
