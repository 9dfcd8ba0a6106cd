import { readFile } from "node:fs/promises";
import { z } from "zod";
import { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { publicMs } from "../../../data/news/known-versions.ts";
import type { NewsItem } from "../../../ports/news-source.ts";
import { plainSymbol } from "../../bars/pick-symbols.ts";

/** Faults beyond so many are counted and not shown one by one. */
const faultsMax = 3;
const shape =
  '{"id": "17", "publishedAt": "2024-03-05T14:30:00Z", "headline": "...", "symbols": ["AAPL"]} and perhaps updatedAt, receivedAt, summary, author, source, url';

/** A stamp that says its zone, or UTC milliseconds. */
const time = z.union([z.string(), z.number()]).transform((value, context) => {
  const isZoned = typeof value === "number" || /(Z|[+-]\d{2}:?\d{2})$/i.test(value.trim());
  const timeMs = typeof value === "number" ? value : Date.parse(value);
  // Seconds since 1970 would be a day of that year: nobody had news for a machine then.
  if (isZoned && timeMs > Date.UTC(1990, 0, 1) && timeMs < Date.UTC(2200, 0, 1)) return timeMs;
  const complaint = isZoned ? "is not a time" : "has no time zone";
  const wanted = "2024-03-05T14:30:00Z, another offset, or UTC milliseconds";
  context.addIssue({ code: "custom", message: `${JSON.stringify(value)} ${complaint}: give ${wanted}` });
  return z.NEVER;
});
const maybeText = z.string().nullish();

const articleSchema = z
  .object({
    id: z.union([z.string().min(1), z.number()]),
    publishedAt: time,
    updatedAt: time.optional(),
    receivedAt: time.optional(),
    headline: z.string().trim().min(1),
    summary: maybeText,
    author: maybeText,
    source: maybeText,
    url: maybeText,
    symbols: z.array(z.string().min(1)),
  })
  .refine(({ publishedAt, updatedAt = publishedAt }) => updatedAt >= publishedAt, {
    path: ["updatedAt"],
    message: "is before publishedAt",
  });

/** What a file is read with. */
export type NewsFileOptions = {
  /** Plain names; articles about none of these are left out. */
  readonly symbols: readonly string[];
  /** Whose numbers the ids are. */
  readonly source: string;
  readonly nowMs: number;
};

/** The articles of a file, and how many are about other symbols. */
export type NewsFile = { readonly items: readonly NewsItem[]; readonly others: number };

/**
 * Reads articles from a file: a JSON array, or an article in each line. A file with an article that cannot be right is
 * refused whole, for days without it would look like days without news. Throws `FILE_NOT_FOUND`, `NEWS_FILE_INVALID`.
 */
export async function readNewsFile(path: string, options: NewsFileOptions): Promise<NewsFile> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw notFound(path, cause);
  });
  const faults: string[] = [];
  const items: NewsItem[] = [];
  for (const { place, value } of articlesIn(path, text)) {
    const read = articleSchema.safeParse(value);
    const fault = read.success ? futureIn(read.data, options.nowMs) : faultOf(read.error);
    if (fault !== null) faults.push(`${place}: ${fault}`);
    else items.push(itemOf(read.data!, options));
  }
  if (faults.length > 0) throw invalid(path, faults);
  const about = items.filter(({ symbols }) => symbols.some((symbol) => options.symbols.includes(symbol)));
  return { items: about, others: items.length - about.length };
}

type Placed = { readonly place: string; readonly value: unknown };

function articlesIn(path: string, text: string): readonly Placed[] {
  if (text.trimStart().startsWith("[")) {
    const values = parsed(path, text, "the array");
    if (Array.isArray(values))
      return values.map((value: unknown, index) => ({ place: `article ${index + 1}`, value }));
  }
  return text.split("\n").flatMap((line, index) => {
    const place = `line ${index + 1}`;
    return line.trim() === "" ? [] : [{ place, value: parsed(path, line, place) }];
  });
}

function parsed(path: string, text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(path, [`${place}: ${(cause as Error).message}`]);
  }
}

function faultOf({ issues }: z.ZodError): string {
  const { path, message, code } = issues[0]!;
  const name = path.map(String).join(".");
  if (name === "") return "it is no article";
  return code === "custom" ? `${name} ${message}` : `${name}: ${message}`;
}

function futureIn({ publishedAt, updatedAt = publishedAt }: Article, nowMs: number): string | null {
  if (updatedAt <= nowMs) return null;
  return `it came out ${formatTime(updatedAt)}, after the present (${formatTime(nowMs)})`;
}

type Article = z.output<typeof articleSchema>;

function itemOf(article: Article, { source, nowMs }: NewsFileOptions): NewsItem {
  const { id, publishedAt, updatedAt = publishedAt, receivedAt = nowMs, symbols, headline } = article;
  const item = {
    id: `${source}:${id}`,
    publishedAtMs: publishedAt,
    updatedAtMs: updatedAt,
    receivedAtMs: receivedAt,
    symbols: symbols.map(plainSymbol),
    headline,
    summary: article.summary ?? "",
    author: article.author ?? null,
    sourceName: article.source ?? source,
    url: article.url ?? null,
  };
  // Nothing arrives before it is out, and nothing that is here will arrive later.
  return { ...item, receivedAtMs: Math.min(Math.max(receivedAt, publicMs(item)), nowMs) };
}

function invalid(path: string, faults: readonly string[]): KiwiError {
  const more = faults.length - faultsMax;
  const shown = faults.slice(0, faultsMax).join("; ");
  return new KiwiError({
    code: "NEWS_FILE_INVALID",
    exit: "data",
    message: `${path}: ${shown}${more > 0 ? `; and ${more} more like these` : ""}`,
    why: "nothing was imported: a day whose articles were left out would look like a day without news",
    fix: `correct the file; an article is ${shape}`,
    topic: "news",
  });
}

function notFound(path: string, cause: NodeJS.ErrnoException): KiwiError {
  return new KiwiError(
    {
      code: "FILE_NOT_FOUND",
      exit: "data",
      message: `${path} cannot be read (${cause.code ?? cause.message})`,
      why: "there is no such file, or it may not be read",
      fix: "check the path behind --file",
      topic: "news",
    },
    { cause },
  );
}
