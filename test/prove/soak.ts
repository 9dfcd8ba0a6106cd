import { runSoak, soakText } from "../system/soak-run.ts";

const days = Number(process.env["DAYS"] ?? 30);

/** `npm run prove soak` (DAYS=30): a month of trading in virtual time, with faults all the way and restarts. */
export async function prove(): Promise<string> {
  const run = await runSoak({ seed: 15, days, symbols: 3, tell: (line) => console.error(line) });
  const text = soakText(run);
  if (run.broken.length > 0) throw new Error(`${run.broken.join("\n")}\n${text}`);
  return text;
}
