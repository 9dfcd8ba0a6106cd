/**
 * How many rounds of chance a test makes: as many as it usually does, or the share of them that `KIWI_ROUNDS` asks for.
 * Who runs the same tests hundreds of times (`npm run prove mutants`) cannot wait for all of them each time.
 */
export function roundsOf(usual: number): number {
  return Math.ceil(usual * Number(process.env["KIWI_ROUNDS"] ?? 1));
}
