import type { Kysely } from "kysely";

/** The form of the catalogue. A later Kiwi that changes it counts up. */
export const catalogueFormat = 1;

/** The tables of the catalogue, as Kysely types them; their names in the database are in snake case. */
export type CatalogueTables = {
  readonly catalogueInfo: { readonly name: string; readonly value: string };
  readonly holdings: {
    readonly symbol: string;
    readonly timeframe: string;
    readonly bars: number;
    readonly versions: number;
    readonly fromMs: number;
    readonly toMs: number;
    readonly fingerprint: string;
    readonly checkedMs: number;
  };
  readonly holdingSources: {
    readonly symbol: string;
    readonly timeframe: string;
    readonly source: string;
    readonly bars: number;
    readonly fromMs: number;
    readonly toMs: number;
  };
  readonly holdingGaps: {
    readonly symbol: string;
    readonly timeframe: string;
    readonly afterMs: number;
    readonly beforeMs: number;
    readonly missing: number;
  };
};

/** Makes the tables where they are not there. The same statements run on SQLite and PostgreSQL. */
export async function createTables(db: Kysely<CatalogueTables>): Promise<void> {
  await db.schema
    .createTable("catalogueInfo")
    .ifNotExists()
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  const series = (table: string) =>
    db.schema
      .createTable(table)
      .ifNotExists()
      .addColumn("symbol", "text", (column) => column.notNull())
      .addColumn("timeframe", "text", (column) => column.notNull());
  // Times are doubles and not big integers, which PostgreSQL's driver hands over as text.
  await series("holdings")
    .addColumn("bars", "integer", (column) => column.notNull())
    .addColumn("versions", "integer", (column) => column.notNull())
    .addColumn("fromMs", "double precision", (column) => column.notNull())
    .addColumn("toMs", "double precision", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("checkedMs", "double precision", (column) => column.notNull())
    .addPrimaryKeyConstraint("holdingsKey", ["symbol", "timeframe"])
    .execute();
  await series("holdingSources")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("bars", "integer", (column) => column.notNull())
    .addColumn("fromMs", "double precision", (column) => column.notNull())
    .addColumn("toMs", "double precision", (column) => column.notNull())
    .addPrimaryKeyConstraint("holdingSourcesKey", ["symbol", "timeframe", "source"])
    .execute();
  await series("holdingGaps")
    .addColumn("afterMs", "double precision", (column) => column.notNull())
    .addColumn("beforeMs", "double precision", (column) => column.notNull())
    .addColumn("missing", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("holdingGapsKey", ["symbol", "timeframe", "afterMs"])
    .execute();
}
