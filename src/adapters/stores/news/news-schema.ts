import type { Kysely } from "kysely";

/** The form of the store. A later Kiwi that changes it counts up. */
export const newsFormat = 1;

/** The tables of the store, as Kysely types them; their names in the database are in snake case. */
export type NewsTables = {
  readonly newsInfo: { readonly name: string; readonly value: string };
  /** Every version of every article. `fingerprint` tells texts with the same stamp apart. */
  readonly newsVersions: {
    readonly id: string;
    readonly updatedMs: number;
    readonly fingerprint: string;
    readonly publishedMs: number;
    readonly knownMs: number;
    readonly receivedMs: number;
    /** JSON: an array of text. */
    readonly symbols: string;
    readonly headline: string;
    readonly summary: string;
    readonly author: string | null;
    readonly sourceName: string;
    readonly url: string | null;
  };
  /** Articles by the symbols that any of their versions named. */
  readonly newsSymbols: { readonly symbol: string; readonly id: string };
  readonly newsCovered: {
    readonly source: string;
    readonly symbol: string;
    readonly fromMs: number;
    readonly toMs: number;
  };
};

/** Makes the tables where they are not there. The same statements run on SQLite and PostgreSQL. */
export async function createNewsTables(db: Kysely<NewsTables>): Promise<void> {
  const table = (name: string) => db.schema.createTable(name).ifNotExists();
  await table("newsInfo")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  // Times are doubles and not big integers, which PostgreSQL's driver hands over as text.
  await table("newsVersions")
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("updatedMs", "double precision", (column) => column.notNull())
    .addColumn("fingerprint", "text", (column) => column.notNull())
    .addColumn("publishedMs", "double precision", (column) => column.notNull())
    .addColumn("knownMs", "double precision", (column) => column.notNull())
    .addColumn("receivedMs", "double precision", (column) => column.notNull())
    .addColumn("symbols", "text", (column) => column.notNull())
    .addColumn("headline", "text", (column) => column.notNull())
    .addColumn("summary", "text", (column) => column.notNull())
    .addColumn("author", "text")
    .addColumn("sourceName", "text", (column) => column.notNull())
    .addColumn("url", "text")
    .addPrimaryKeyConstraint("newsVersionsKey", ["id", "updatedMs", "fingerprint"])
    .execute();
  await table("newsSymbols")
    .addColumn("symbol", "text", (column) => column.notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("newsSymbolsKey", ["symbol", "id"])
    .execute();
  await table("newsCovered")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("symbol", "text", (column) => column.notNull())
    .addColumn("fromMs", "double precision", (column) => column.notNull())
    .addColumn("toMs", "double precision", (column) => column.notNull())
    .addPrimaryKeyConstraint("newsCoveredKey", ["source", "symbol", "fromMs"])
    .execute();
}
