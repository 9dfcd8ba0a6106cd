import { renameSync } from "node:fs";
import { BarDatabase, quoted } from "./bar-database.ts";

/** Writes rows as one Parquet file, whole or not at all. A column whose values are all numbers, or missing, is one of numbers. */
export async function writeParquetTable(
  path: string,
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> {
  const database = new BarDatabase();
  try {
    await database.use(async (connection) => {
      const isNumber = header.map((_, k) => rows.every((row) => typeof row[k] !== "string"));
      const columns = header.map(
        (name, k) => `"${name.replaceAll('"', '""')}" ${isNumber[k]! ? "DOUBLE" : "VARCHAR"}`,
      );
      await connection.run(`CREATE TABLE trials (${columns.join(", ")})`);
      const appender = await connection.createAppender("trials");
      for (const row of rows) {
        for (const [k, value] of row.entries()) {
          if (value === null) appender.appendNull();
          else if (isNumber[k]!) appender.appendDouble(Number(value));
          else appender.appendVarchar(String(value));
        }
        appender.endRow();
      }
      appender.closeSync();
      await connection.run(`COPY trials TO ${quoted(`${path}.partial`)} (FORMAT parquet)`);
    });
    renameSync(`${path}.partial`, path);
  } finally {
    await database.close();
  }
}
