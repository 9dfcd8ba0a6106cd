import { z } from "zod";
import type { NewsItem } from "../../../ports/news-source.ts";

/** RFC 3339 text from the REST interface, a `Date` from the stream. */
const time = z.union([z.string(), z.date()]).transform((value, context) => {
  const timeMs = value instanceof Date ? value.getTime() : Date.parse(value);
  if (Number.isFinite(timeMs)) return timeMs;
  context.addIssue({ code: "custom", message: `"${String(value)}" is not a time` });
  return z.NEVER;
});

const articleSchema = z.object({
  id: z.union([z.number().int().positive(), z.string().regex(/^\d+$/)]),
  headline: z.string().trim().min(1),
  summary: z.string().nullish(),
  author: z.string().nullish(),
  created_at: time,
  updated_at: time,
  url: z.string().nullish(),
  symbols: z.array(z.string()),
  source: z.string().min(1),
});

/** `GET /v1beta1/news`. An article that is malformed costs itself and not its page. */
export const newsPageSchema = z.object({
  news: z.array(z.unknown()).nullable(),
  next_page_token: z.string().nullish(),
});

/** An article, or why it is none. */
export type ReadArticle =
  | { readonly kind: "item"; readonly item: NewsItem }
  | { readonly kind: "fault"; readonly reason: string };

/** Symbols as Alpaca's news write them (`BTCUSD` for `BTC/USD`), by which the asked ones are found again. */
export class NewsSymbols {
  private readonly asked: ReadonlyMap<string, string>;

  constructor(symbols: readonly string[]) {
    this.asked = new Map(symbols.map((symbol) => [newsSymbol(symbol), symbol]));
  }

  /** As Alpaca wants them. */
  get written(): readonly string[] {
    return [...this.asked.keys()];
  }

  /** Reads one article that arrived at `receivedAtMs`; one about nothing that was asked for is a fault. */
  read(value: unknown, receivedAtMs: number): ReadArticle {
    const parsed = articleSchema.safeParse(value);
    if (!parsed.success) return { kind: "fault", reason: `${nameOf(value)}: ${reasonOf(parsed.error)}` };
    const { id, headline, summary, author, created_at, updated_at, url, symbols, source } = parsed.data;
    if (!symbols.some((symbol) => this.asked.has(symbol))) {
      return { kind: "fault", reason: `${nameOf(value)}: about ${symbols.join(", ") || "nothing"} only` };
    }
    const item: NewsItem = {
      id: `alpaca:${id}`,
      publishedAtMs: created_at,
      updatedAtMs: updated_at,
      receivedAtMs,
      symbols: symbols.map((symbol) => this.asked.get(symbol) ?? symbol),
      headline,
      summary: summary ?? "",
      author: textOrNull(author),
      sourceName: source,
      url: textOrNull(url),
    };
    return { kind: "item", item };
  }
}

/** `BTCUSD` for `BTC/USD`; shares are written alike. */
export function newsSymbol(symbol: string): string {
  return symbol.replace("/", "").toUpperCase();
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

function nameOf(value: unknown): string {
  const { id } = (value ?? {}) as { id?: unknown };
  return typeof id === "number" || typeof id === "string" ? `article ${id}` : "an article without a number";
}

function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? "of another shape" : `${issue.path.join(".") || "it"}: ${issue.message}`;
}
