import { testBarStore } from "../../../../test/bar-store-contract.ts";
import { ParquetBarStore } from "./parquet-bar-store.ts";

// Blocks of 8 rows, so that a dozen bars are several files.
testBarStore("Parquet", (folder) => new ParquetBarStore(folder, { blockRows: 8 }), 25);
