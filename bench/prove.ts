import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

// `npm run prove NAME`: the full size of a proof whose small size runs with the tests. Each is a file `test/prove/NAME.ts`
// that exports `prove`, which throws when it fails and else returns its figures as Markdown, for docs/proofs.md.
const folder = join(import.meta.dirname, "../test/prove");
const known = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.replace(".ts", ""));
const [name = "", ...words] = process.argv.slice(2);
if (!known.includes(name) || !existsSync(join(folder, `${name}.ts`))) {
  console.error(`usage: npm run prove <name> [words]   (${known.join(", ")})`);
  process.exitCode = 2;
} else {
  type Proof = { prove: (...words: readonly string[]) => string | Promise<string> };
  const { prove } = (await import(join(folder, `${name}.ts`))) as Proof;
  console.log(await prove(...words));
}
