import type { Kysely } from "kysely";
import { rangesWithout } from "../../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { openDatabase } from "../database/open-database.ts";
import type { NewsTables } from "./news-schema.ts";
import { guarded } from "./news-store-errors.ts";

/** A range of a symbol's news that is held in full, and when the last of it had arrived, UTC milliseconds. */
export type NewsFetch = TimeRange & {
  readonly source: string;
  readonly symbol: string;
  readonly fetchedMs: number;
};

/** What is held of a symbol's news. */
export type HeldNews = {
  readonly symbol: string;
  readonly articles: number;
  readonly versions: number;
  /** When the first and the last version came out; null where there is no article. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly fetches: readonly NewsFetch[];
};

/** Kept beside the news themselves: which ranges are there since when. */
type HoldingTables = NewsTables & { readonly newsFetches: NewsFetch };

/**
 * What a store of news holds since when. The store alone knows which ranges are whole and not since when, and a run
 * that is repeated must not take days whose news arrived later for days without news.
 */
export class NewsHoldings {
  private readonly db: Kysely<HoldingTables>;
  private readonly name: string;

  constructor(db: Kysely<HoldingTables>, name: string) {
    this.db = db;
    this.name = name;
  }

  /** Every range with its time, of one symbol or of all. */
  async fetches(symbol?: string): Promise<readonly NewsFetch[]> {
    return guarded(this.name, async () => {
      const query = this.db
        .selectFrom("newsFetches")
        .selectAll()
        .orderBy("symbol")
        .orderBy("source")
        .orderBy("fetchedMs")
        .orderBy("fromMs");
      return symbol === undefined ? query.execute() : query.where("symbol", "=", symbol).execute();
    });
  }

  /** Notes that `covered` is there at `fetchedMs`; what was there before keeps its time. Returns what is new. */
  async note(
    source: string,
    symbol: string,
    covered: readonly TimeRange[],
    fetchedMs: number,
  ): Promise<readonly TimeRange[]> {
    const before = (await this.fetches(symbol)).filter((one) => one.source === source);
    const fresh = rangesWithout(covered, before);
    const rows = fresh.map(({ fromMs, toMs }) => ({ source, symbol, fromMs, toMs, fetchedMs }));
    if (rows.length > 0)
      await guarded(this.name, async () => this.db.insertInto("newsFetches").values(rows).execute());
    return fresh;
  }

  /** Everything that was fetched or imported, by symbol. Symbols that articles only mention are not among it. */
  async list(): Promise<readonly HeldNews[]> {
    const bySymbol = Map.groupBy(await this.fetches(), ({ symbol }) => symbol);
    const counts = new Map((await this.counts([...bySymbol.keys()])).map((row) => [row.symbol, row]));
    return [...bySymbol].map(([symbol, fetches]) => {
      const { articles = 0, versions = 0, firstMs = null, lastMs = null } = counts.get(symbol) ?? {};
      // A server's driver hands counts over as text.
      return { symbol, articles: Number(articles), versions: Number(versions), firstMs, lastMs, fetches };
    });
  }

  private async counts(symbols: readonly string[]) {
    if (symbols.length === 0) return [];
    return guarded(this.name, async () =>
      this.db
        .selectFrom("newsSymbols")
        .innerJoin("newsVersions", "newsVersions.id", "newsSymbols.id")
        .where("newsSymbols.symbol", "in", symbols)
        .groupBy("newsSymbols.symbol")
        .select(({ fn }) => [
          "newsSymbols.symbol",
          fn.count("newsVersions.id").distinct().as("articles"),
          fn.countAll().as("versions"),
          fn.min("newsVersions.knownMs").as("firstMs"),
          fn.max("newsVersions.knownMs").as("lastMs"),
        ])
        .execute(),
    );
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    await this.db.destroy();
  }
}

/** Opens what is known about the news of a store that `openNewsStore` has made. Throws what that throws. */
export async function openNewsHoldings(connection: string): Promise<NewsHoldings> {
  const db = await guarded(connection, async () => openDatabase<HoldingTables>(connection));
  try {
    await guarded(connection, async () =>
      db.schema
        .createTable("newsFetches")
        .ifNotExists()
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("symbol", "text", (column) => column.notNull())
        .addColumn("fromMs", "double precision", (column) => column.notNull())
        .addColumn("toMs", "double precision", (column) => column.notNull())
        .addColumn("fetchedMs", "double precision", (column) => column.notNull())
        .addPrimaryKeyConstraint("newsFetchesKey", ["source", "symbol", "fromMs", "toMs"])
        .execute(),
    );
  } catch (cause) {
    await db.destroy();
    throw cause;
  }
  return new NewsHoldings(db, connection);
}
