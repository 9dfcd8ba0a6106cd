import type { Kysely, Transaction } from "kysely";
import type { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { storeFault, storeNewer, writeFault } from "../bars/bar-store-errors.ts";
import type { CatalogueEntry, CatalogueSummary } from "./catalogue-entry.ts";
import { catalogueFormat, createTables, type CatalogueTables } from "./catalogue-schema.ts";
import { databaseName, openDatabase } from "../database/open-database.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** Rows per statement: databases limit how many values one may have. */
const rowsPerInsert = 500;
const seriesTables = ["holdingGaps", "holdingSources", "holdings"] as const;

/**
 * What a store holds, in a database that can be asked without opening the bars: ranges, sources, gaps, fingerprints and
 * when they were last checked. The bars stay the truth: `rebuildCatalogue` makes it anew from them.
 *
 * Methods throw `KiwiError`: `CATALOGUE_DAMAGED`, `CATALOGUE_LOCKED`, `STORE_NEWER`, `DISK_FULL`, `STORE_NOT_WRITABLE`.
 */
export class BarCatalogue {
  private readonly db: Kysely<CatalogueTables>;
  private readonly name: string;

  /** Use `openCatalogue`; `name` is what errors call it. */
  constructor(db: Kysely<CatalogueTables>, name: string) {
    this.db = db;
    this.name = name;
  }

  /** Makes the tables, or checks that they are of a form this Kiwi knows. */
  async prepare(): Promise<void> {
    await guarded(this.name, async () => {
      await createTables(this.db);
      const info = this.db.selectFrom("catalogueInfo").select("value").where("name", "=", "format");
      const format = Number((await info.executeTakeFirst())?.value ?? 0);
      if (format > catalogueFormat) throw storeNewer(this.name, format, catalogueFormat);
      if (format === catalogueFormat) return;
      await this.db
        .insertInto("catalogueInfo")
        .values({ name: "format", value: String(catalogueFormat) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  }

  /** Replaces what is said about the symbol and timeframe of an entry. */
  async record(entry: CatalogueEntry): Promise<void> {
    await this.change(async (transaction) => {
      await remove(transaction, entry.symbol, entry.timeframe);
      await insert(transaction, entry);
    });
  }

  /** Replaces everything, at once. */
  async replaceAll(entries: readonly CatalogueEntry[]): Promise<void> {
    await this.change(async (transaction) => {
      for (const table of seriesTables) await transaction.deleteFrom(table).execute();
      for (const entry of entries) await insert(transaction, entry);
    });
  }

  /** Removes what is said about a symbol and timeframe. */
  async forget(symbol: string, timeframe: Timeframe): Promise<void> {
    await this.change(async (transaction) => remove(transaction, symbol, timeframe));
  }

  /** Everything held, by symbol and timeframe. */
  async list(): Promise<readonly CatalogueSummary[]> {
    return guarded(this.name, async () => {
      const holdings = this.db.selectFrom("holdings").selectAll().orderBy("symbol").orderBy("timeframe");
      const shares = await this.db.selectFrom("holdingSources").selectAll().orderBy("source").execute();
      const sharesOf = Map.groupBy(shares, ({ symbol, timeframe }) => `${timeframe} ${symbol}`);
      return (await holdings.execute()).map((holding) =>
        summaryOf(holding, sharesOf.get(`${holding.timeframe} ${holding.symbol}`) ?? []),
      );
    });
  }

  /** Everything about a symbol and timeframe, or null where nothing is known. */
  async find(symbol: string, timeframe: Timeframe): Promise<CatalogueEntry | null> {
    return guarded(this.name, async () => {
      // One transaction, so that all three tables are of the same moment.
      return this.db.transaction().execute(async (transaction) => {
        const key = { symbol, timeframe };
        const holding = await transaction
          .selectFrom("holdings")
          .selectAll()
          .where((row) => row.and(key))
          .executeTakeFirst();
        if (holding === undefined) return null;
        const sources = await transaction
          .selectFrom("holdingSources")
          .selectAll()
          .where((row) => row.and(key))
          .orderBy("source")
          .execute();
        const gaps = await transaction
          .selectFrom("holdingGaps")
          .select(["afterMs", "beforeMs", "missing"])
          .where((row) => row.and(key))
          .orderBy("afterMs")
          .execute();
        return { ...summaryOf(holding, sources), gaps };
      });
    });
  }

  /** Closes the database. */
  async close(): Promise<void> {
    await this.db.destroy();
  }

  private async change(work: (transaction: Transaction<CatalogueTables>) => Promise<void>): Promise<void> {
    await guarded(this.name, async () => this.db.transaction().execute(work));
  }
}

/** Opens the catalogue that a connection string names: see `openDatabase`. */
export async function openCatalogue(connection: string): Promise<BarCatalogue> {
  const name = databaseName(connection);
  const db = await guarded(name, async () => openDatabase<CatalogueTables>(connection));
  const catalogue = new BarCatalogue(db, name);
  try {
    await catalogue.prepare();
  } catch (cause) {
    await catalogue.close();
    throw cause;
  }
  return catalogue;
}

function summaryOf(
  holding: CatalogueTables["holdings"],
  shares: readonly CatalogueTables["holdingSources"][],
): CatalogueSummary {
  const sources = shares.map(({ source, bars, fromMs, toMs }) => ({ source, bars, fromMs, toMs }));
  return { ...holding, timeframe: holding.timeframe as Timeframe, sources };
}

async function remove(
  transaction: Transaction<CatalogueTables>,
  symbol: string,
  timeframe: Timeframe,
): Promise<void> {
  for (const table of seriesTables)
    await transaction
      .deleteFrom(table)
      .where("symbol", "=", symbol)
      .where("timeframe", "=", timeframe)
      .execute();
}

async function insert(transaction: Transaction<CatalogueTables>, entry: CatalogueEntry): Promise<void> {
  const { sources, gaps, ...holding } = entry;
  const { symbol, timeframe } = entry;
  await transaction.insertInto("holdings").values(holding).execute();
  const shares = sources.map((share) => Object.assign({ symbol, timeframe }, share));
  for (const rows of batches(shares)) await transaction.insertInto("holdingSources").values(rows).execute();
  const missing = gaps.map((gap) => Object.assign({ symbol, timeframe }, gap));
  for (const rows of batches(missing)) await transaction.insertInto("holdingGaps").values(rows).execute();
}

function batches<T>(rows: readonly T[]): readonly T[][] {
  const count = Math.ceil(rows.length / rowsPerInsert);
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * rowsPerInsert, (index + 1) * rowsPerInsert),
  );
}

async function guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: string } | null)?.code ?? "";
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) throw damaged(name, cause);
    if (code.startsWith("SQLITE_BUSY")) throw locked(name, cause);
    throw writeFault(name, cause);
  }
}

function damaged(name: string, cause: unknown): KiwiError {
  return storeFault(
    {
      code: "CATALOGUE_DAMAGED",
      exit: "data",
      message: `the catalogue ${name} cannot be read: ${(cause as Error).message}`,
      why: "it only describes the bars; they are in files of their own and not touched by this",
      fix: `rm ${[name, `${name}-wal`, `${name}-shm`].map(shellWord).join(" ")}   (it is made anew from the bars)`,
    },
    cause,
  );
}

function locked(name: string, cause: unknown): KiwiError {
  return storeFault(
    {
      code: "CATALOGUE_LOCKED",
      exit: "data",
      message: `the catalogue ${name} is being written by another process`,
      why: "it stayed locked for longer than any write takes",
      fix: `run the same command again, or find who holds it: fuser ${name}`,
    },
    cause,
  );
}
