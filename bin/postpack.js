// Puts the package.json of the clone back after prepack.js wrote the one of the package.
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const kept = join(root, "dist", "package.of-the-clone.json");
if (existsSync(kept)) copyFileSync(kept, join(root, "package.json"));
rmSync(join(root, "dist"), { recursive: true, force: true });
