import type { Kysely, Transaction } from "kysely";
import { sha256 } from "../../../base/hash.ts";
import { publicMs, versionText } from "../../../data/news/known-versions.ts";
import { joinRanges } from "../../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import type { NewsAppendResult, NewsItem, NewsReading, NewsStore } from "../../../ports/news-source.ts";
import { storeNewer } from "../bars/bar-store-errors.ts";
import { databaseName, openDatabase } from "../database/open-database.ts";
import { createNewsTables, newsFormat, type NewsTables } from "./news-schema.ts";
import { guarded } from "./news-store-errors.ts";

type VersionRow = NewsTables["newsVersions"];

/** News in a database of their own: every version with the time of its arrival. See `openNewsStore`. */
class SqliteNewsStore implements NewsStore {
  private readonly db: Kysely<NewsTables>;
  private readonly name: string;

  constructor(db: Kysely<NewsTables>, name: string) {
    this.db = db;
    this.name = name;
  }

  /** Makes the tables, or checks that they are of a form this Kiwi knows. */
  async prepare(): Promise<void> {
    await guarded(this.name, async () => {
      await createNewsTables(this.db);
      const info = this.db.selectFrom("newsInfo").select("value").where("name", "=", "format");
      const format = Number((await info.executeTakeFirst())?.value ?? 0);
      if (format > newsFormat) throw storeNewer(this.name, format, newsFormat);
      await this.db
        .insertInto("newsInfo")
        .values({ name: "format", value: String(newsFormat) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  async append(items: readonly NewsItem[]): Promise<NewsAppendResult> {
    const result = { added: 0, revised: 0, unchanged: 0 };
    await this.change(async (transaction) => {
      for (const item of items) result[await insert(transaction, item)] += 1;
    });
    return result;
  }

  async read(reading: NewsReading): Promise<readonly NewsItem[]> {
    const { symbol, fromMs, toMs, asOfMs = Infinity, versions = "newest" } = reading;
    const rows = await guarded(this.name, async () => {
      let query = this.db
        .selectFrom("newsVersions")
        .innerJoin("newsSymbols", "newsSymbols.id", "newsVersions.id")
        .selectAll("newsVersions")
        .where("newsSymbols.symbol", "=", symbol)
        .orderBy("knownMs")
        .orderBy("newsVersions.id")
        .orderBy("updatedMs")
        .orderBy("receivedMs")
        .orderBy("fingerprint");
      if (Number.isFinite(asOfMs)) query = query.where("receivedMs", "<=", asOfMs);
      // Of the newest version alone it is asked whether it is in the range: an older one does not stand in for it.
      if (versions === "newest") return newestOf(await query.execute());
      if (Number.isFinite(fromMs)) query = query.where("knownMs", ">=", fromMs);
      if (Number.isFinite(toMs)) query = query.where("knownMs", "<", toMs);
      return query.execute();
    });
    return rows.filter(({ knownMs }) => knownMs >= fromMs && knownMs < toMs).map(itemOf);
  }

  async covered(source: string, symbol: string): Promise<readonly TimeRange[]> {
    return guarded(this.name, async () =>
      joinRanges(
        await this.db
          .selectFrom("newsCovered")
          .select(["fromMs", "toMs"])
          .where("source", "=", source)
          .where("symbol", "=", symbol)
          .execute(),
      ),
    );
  }

  async cover(source: string, symbol: string, range: TimeRange): Promise<void> {
    await this.change(async (transaction) => {
      const held = await transaction
        .selectFrom("newsCovered")
        .select(["fromMs", "toMs"])
        .where("source", "=", source)
        .where("symbol", "=", symbol)
        .execute();
      await transaction
        .deleteFrom("newsCovered")
        .where("source", "=", source)
        .where("symbol", "=", symbol)
        .execute();
      for (const { fromMs, toMs } of joinRanges([...held, range]))
        await transaction.insertInto("newsCovered").values({ source, symbol, fromMs, toMs }).execute();
    });
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private async change(work: (transaction: Transaction<NewsTables>) => Promise<void>): Promise<void> {
    await guarded(this.name, async () => this.db.transaction().execute(work));
  }
}

/**
 * Opens the news that a path of an SQLite file or a connection string names, made where they are not there. Throws, as
 * all methods do, `STORE_NEWER`, `STORE_DAMAGED`, `STORE_LOCKED`, `DISK_FULL` and `STORE_NOT_WRITABLE`.
 */
export async function openNewsStore(connection: string): Promise<NewsStore> {
  const name = databaseName(connection);
  const db = await guarded(name, async () => openDatabase<NewsTables>(connection));
  const store = new SqliteNewsStore(db, name);
  try {
    await store.prepare();
  } catch (cause) {
    await store.close();
    throw cause;
  }
  return store;
}

async function insert(transaction: Transaction<NewsTables>, item: NewsItem): Promise<keyof NewsAppendResult> {
  const row = rowOf(item);
  const held = await transaction
    .selectFrom("newsVersions")
    .select(["updatedMs", "fingerprint"])
    .where("id", "=", row.id)
    .execute();
  const isHeld = held.some(
    ({ updatedMs, fingerprint }) => updatedMs === row.updatedMs && fingerprint === row.fingerprint,
  );
  // The first arrival stands: it is when this was known here.
  if (isHeld) return "unchanged";
  await transaction.insertInto("newsVersions").values(row).execute();
  const names = [...new Set(item.symbols)].map((symbol) => ({ symbol, id: row.id }));
  if (names.length > 0)
    await transaction
      .insertInto("newsSymbols")
      .values(names)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  return held.length === 0 ? "added" : "revised";
}

function newestOf(rows: readonly VersionRow[]): readonly VersionRow[] {
  const newest = new Map<string, VersionRow>();
  for (const row of rows) {
    const held = newest.get(row.id);
    if (held === undefined || compareVersions(held, row) < 0) newest.set(row.id, row);
  }
  const kept = new Set(newest.values());
  return rows.filter((row) => kept.has(row));
}

function compareVersions(a: VersionRow, b: VersionRow): number {
  return a.updatedMs - b.updatedMs || a.receivedMs - b.receivedMs;
}

function rowOf(item: NewsItem): VersionRow {
  const { id, headline, summary, author, sourceName, url } = item;
  return {
    id,
    updatedMs: item.updatedAtMs,
    fingerprint: sha256(versionText(item)),
    publishedMs: item.publishedAtMs,
    knownMs: publicMs(item),
    receivedMs: item.receivedAtMs,
    symbols: JSON.stringify(item.symbols),
    headline,
    summary,
    author,
    sourceName,
    url,
  };
}

function itemOf({ updatedMs, publishedMs, receivedMs, symbols, ...row }: VersionRow): NewsItem {
  const { id, headline, summary, author, sourceName, url } = row;
  return {
    id,
    publishedAtMs: publishedMs,
    updatedAtMs: updatedMs,
    receivedAtMs: receivedMs,
    symbols: JSON.parse(symbols) as string[],
    headline,
    summary,
    author,
    sourceName,
    url,
  };
}
