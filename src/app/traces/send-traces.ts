import { askByJson } from "../../adapters/channels/post-json.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Span } from "./order-spans.ts";

/** Spans in one message: a collector takes four megabytes by default. */
const batchSize = 500;
const answerMsMax = 20_000;
/** What OTLP calls a status that is an error, and the kind of a span inside one program. */
const [statusError, kindInternal] = [2, 1];

/** Which session spans are of, for whoever sees those of several. */
export type TraceResource = { readonly session: string; readonly mode: string; readonly strategy: string };

/** Spans as an OTLP document (opentelemetry.io/docs/specs/otlp: JSON, ids in hexadecimal, times as text). */
export function otlpDocument(spans: readonly Span[], { session, mode, strategy }: TraceResource): object {
  const resource = {
    "service.name": "kiwi",
    "service.instance.id": session,
    "kiwi.mode": mode,
    "kiwi.strategy": strategy,
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: "kiwi.orders" }, spans: spans.map(otlpSpan) }],
      },
    ],
  };
}

/** Sends spans to a collector over HTTP; returns how many it did not take. Throws `COLLECTOR_REFUSED`. */
export async function sendTraces(
  spans: readonly Span[],
  resource: TraceResource,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  let refused = 0;
  for (let from = 0; from < spans.length; from += batchSize) {
    const document = otlpDocument(spans.slice(from, from + batchSize), resource);
    const answer = await askByJson(url, document, AbortSignal.timeout(answerMsMax), headers).catch(
      (cause: unknown) => {
        throw collectorRefused(url, cause);
      },
    );
    refused += rejectedIn(answer);
  }
  return refused;
}

function otlpSpan({ traceId, spanId, parentSpanId, name, startMs, endMs, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind: kindInternal,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: attributesOf(attributes),
    status: error === null ? {} : { code: statusError, message: error },
  };
}

function attributesOf(values: Span["attributes"]): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : Number.isSafeInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value },
  }));
}

/** A double cannot hold nanoseconds since 1970. */
function nanoseconds(timeMs: number): string {
  return String(BigInt(Math.round(timeMs * 1_000)) * 1_000n);
}

/** A collector may take a message and leave spans out. */
function rejectedIn(answer: string): number {
  try {
    const { partialSuccess } = JSON.parse(answer) as { partialSuccess?: { rejectedSpans?: string | number } };
    return Number(partialSuccess?.rejectedSpans ?? 0);
  } catch {
    return 0;
  }
}

function collectorRefused(url: string, cause: unknown): KiwiError {
  const { origin, pathname } = new URL(url);
  return new KiwiError(
    {
      code: "COLLECTOR_REFUSED",
      exit: "network",
      message: `${origin}${pathname} has not taken the traces`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: "check that a collector takes OTLP over HTTP there (port 4318, /v1/traces), or   kiwi traces last --to-file traces.json",
      topic: "traces",
    },
    { cause },
  );
}
