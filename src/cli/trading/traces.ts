import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { storedJournal } from "../../app/trading/replay-stored.ts";
import { findSession } from "../../app/trading/session-folder.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { orderSpans } from "../../app/traces/order-spans.ts";
import { otlpDocument, sendTraces } from "../../app/traces/send-traces.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { readDay } from "../../app/config/read-day.ts";

export type TracesFlags = CommonFlags & {
  readonly to?: string;
  readonly toFile?: string;
  readonly since?: string;
};

/** `kiwi traces`: the way of every order of a session from its bar to its fills, to a collector or into a file. */
export async function tracesCommand(shell: Shell, session: string, flags: TracesFlags): Promise<number> {
  const { env, folder } = shell;
  const home = tradingHome(env);
  const note = findSession(home, session);
  const sinceMs = flags.since === undefined ? -Infinity : readDay(flags.since, "--since");
  const spans = orderSpans(storedJournal(home, note).read(), sinceMs);
  const resource = { session: note.id, mode: note.mode, strategy: note.strategy };
  const counts = {
    session: note.id,
    spans: spans.length,
    orders: new Set(spans.map(({ traceId }) => traceId)).size,
  };
  if (flags.toFile !== undefined) {
    writeFileSync(resolve(folder, flags.toFile), JSON.stringify(otlpDocument(spans, resource)));
    tell({ ...counts, refused: 0 }, `written to ${flags.toFile}`);
    return exitCodes.ok;
  }
  const url = collectorOf(flags.to, env);
  const refused = await sendTraces(spans, resource, url, headersIn(env["OTEL_EXPORTER_OTLP_HEADERS"] ?? ""));
  tell(
    { ...counts, refused },
    refused === 0 ? `sent to ${url}` : `sent to ${url}, which left out ${refused} spans`,
  );
  return refused === 0 ? exitCodes.ok : exitCodes.network;

  function tell(said: typeof counts & { readonly refused: number }, text: string): void {
    if (flags.json === true) shell.out(envelope("traces@1", said, said.refused === 0));
    else shell.out(`session ${said.session}: ${said.orders} orders in ${said.spans} spans, ${text}`);
  }
}

/** Where it goes: what was said, or the variable that every OpenTelemetry program reads. */
function collectorOf(told: string | undefined, env: Shell["env"]): string {
  const base = told ?? env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "http://localhost:4318";
  const url = URL.parse(base);
  if (url === null || !/^https?:$/.test(url.protocol) || url.password !== "")
    throw invalidFlag("--to", base, "an http or https address without a password");
  return url.pathname === "/" ? `${url.origin}/v1/traces` : url.href;
}

/** `name=value,name=value`, values percent-encoded, as OpenTelemetry writes them. */
function headersIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}
