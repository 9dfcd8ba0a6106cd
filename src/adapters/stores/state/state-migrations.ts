import type { CreateTableBuilder, Kysely } from "kysely";
import type { Migration } from "kysely/migration";

type Kind = "text" | "number" | "integer";

/** Makes a table whose rows are numbered within a session; a name that ends in `?` may be null. */
async function ofSession(
  db: Kysely<unknown>,
  name: string,
  columns: Readonly<Record<string, Kind>>,
): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable(name)
    .addColumn("sessionId", "text", (column) => column.notNull())
    .addColumn("sequence", "integer", (column) => column.notNull());
  table = withColumns(table, columns);
  await table.addPrimaryKeyConstraint(`${name}Key`, ["sessionId", "sequence"]).execute();
}

function withColumns(
  table: CreateTableBuilder<string, string>,
  columns: Readonly<Record<string, Kind>>,
): CreateTableBuilder<string, string> {
  return Object.entries(columns).reduce((sum, [written, kind]) => {
    const name = written.replace("?", "");
    const type = kind === "number" ? "double precision" : kind;
    return sum.addColumn(name, type, (column) => (written.endsWith("?") ? column : column.notNull()));
  }, table);
}

// A migration is never changed once it was released: the next change is the next one. They run in one transaction.
const sessions: Migration = {
  async up(db: Kysely<unknown>) {
    const table = db.schema.createTable("sessions").addColumn("id", "text", (column) => column.primaryKey());
    await withColumns(table, {
      mode: "text",
      account: "text",
      strategy: "text",
      params: "text",
      symbols: "text",
      timeframe: "text",
      broker: "text",
      isDemo: "integer",
      startedMs: "number",
      settingsHash: "text",
      cash: "number",
      journalBytes: "number",
      "decisionsHash?": "text",
      "replayFailure?": "text",
    }).execute();
    await ofSession(db, "orders", {
      orderId: "integer",
      clientOrderIds: "text",
      symbol: "text",
      side: "text",
      type: "text",
      quantity: "number",
      "price?": "number",
      filledQuantity: "number",
      status: "text",
      isProtection: "integer",
      requestedMs: "number",
      reason: "text",
      "endReason?": "text",
    });
    await ofSession(db, "fills", {
      orderId: "integer",
      timeMs: "number",
      symbol: "text",
      quantity: "number",
      price: "number",
      fee: "number",
      "feeCurrency?": "text",
      liquidity: "text",
    });
    await ofSession(db, "decisions", {
      timeMs: "number",
      symbol: "text",
      kind: "text",
      "quantity?": "number",
      reason: "text",
    });
    await ofSession(db, "trades", {
      symbol: "text",
      side: "text",
      entryTimeMs: "number",
      exitTimeMs: "number",
      entryPrice: "number",
      exitPrice: "number",
      quantity: "number",
      pnl: "number",
      feesPaid: "number",
      entryReason: "text",
      exitReason: "text",
    });
    await ofSession(db, "equity", { timeMs: "number", equity: "number" });
    await ofSession(db, "positions", { symbol: "text", quantity: "number", "lastPrice?": "number" });
    await ofSession(db, "events", { atMs: "number", kind: "text", what: "text", message: "text" });
  },
};

/** Every change of the tables, oldest first. */
export const stateMigrations: Readonly<Record<string, Migration>> = { "0001-sessions": sessions };
