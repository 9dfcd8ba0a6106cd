import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findCsvFiles } from "./find-csv-files.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const names = (paths: readonly string[]): string[] => paths.map((path) => basename(path));

test("a file stands for itself, a folder for the bar files in it, a pattern for what it matches", async () => {
  await withFile("b.csv", "x", async (path) => {
    const folder = dirname(path);
    for (const name of ["a.csv.gz", "c.txt", "d.csv.zip", "README.txt", "notes.md", "e.parquet"]) {
      await writeFile(join(folder, name), "x");
    }
    await mkdir(join(folder, "inner"));
    expect(await findCsvFiles(path)).toEqual([path]);
    expect(names(await findCsvFiles(folder))).toEqual(["a.csv.gz", "b.csv", "c.txt", "d.csv.zip"]);
    expect(names(await findCsvFiles(join(folder, "*.csv*")))).toEqual(["a.csv.gz", "b.csv", "d.csv.zip"]);
    await expect(findCsvFiles(join(folder, "inner"))).rejects.toThrow(
      /FILE_NOT_FOUND the folder .* holds no CSV file/,
    );
    await expect(findCsvFiles(join(folder, "missing", "x.csv"))).rejects.toThrow(/FILE_NOT_FOUND/);
  });
});
