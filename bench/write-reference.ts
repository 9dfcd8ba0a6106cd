import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fillPage, generatedPages } from "./reference/fill-page.ts";
import { root } from "./reference/markdown.ts";

// `npm run docs`: makes the parts of the reference anew that come from the code. A test compares them with what stands there.
for (const page of generatedPages) {
  const path = join(root, "docs", "reference", page);
  const before = readFileSync(path, "utf8");
  const after = fillPage(before);
  if (after !== before) writeFileSync(path, after);
  console.log(`${after === before ? "unchanged" : "written  "} docs/reference/${page}`);
}
