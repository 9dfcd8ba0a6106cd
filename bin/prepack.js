// Builds what is published: JavaScript and types in `dist`, because Node strips no types below `node_modules`. The
// package.json of the clone points at the source; the one in the package points at `dist`. postpack.js puts it back.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const manifest = join(root, "package.json");
const kept = join(dist, "package.of-the-clone.json");

// A pack that was killed half-way: its manifest must not be taken for that of the clone.
if (existsSync(kept) && !readFileSync(manifest, "utf8").includes('"./src/index.ts"'))
  copyFileSync(kept, manifest);
rmSync(dist, { recursive: true, force: true });
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
// The tests check the types of all source before they make a package: that is half of the work of a build.
const unchecked = process.env["KIWI_TYPES_CHECKED"] === "1" ? ["--noCheck"] : [];
const { status } = spawnSync(
  process.execPath,
  [compiler, "-p", join(root, "tsconfig.build.json"), ...unchecked],
  { stdio: ["ignore", 2, 2] },
);
if (status !== 0) process.exit(status ?? 1);

// The compiler rewrites imports. Addresses of modules that a thread, a process or a job begins with are written out.
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".js")) continue;
  const path = join(dist, name);
  const text = readFileSync(path, "utf8");
  const built = text.replaceAll(/(new URL\(\s*"[^"]+)\.ts"/g, '$1.js"');
  if (built !== text) writeFileSync(path, built);
}

mkdirSync(dist, { recursive: true });
copyFileSync(manifest, kept);
const { scripts: _, devDependencies: __, ...published } = JSON.parse(readFileSync(manifest, "utf8"));
const built = (file) => ({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` });
const exports = { ".": built("index"), "./data": built("data"), "./package.json": "./package.json" };
// Its install script fetches a library for graphics cards from a server of its own, and fails where that is out of reach. What
// is optional is left out then, and models run on onnxruntime-web, which is slower.
const { "onnxruntime-node": native, ...dependencies } = published.dependencies;
const optionalDependencies = { ...published.optionalDependencies, "onnxruntime-node": native };
const whole = { ...published, dependencies, optionalDependencies, exports };
writeFileSync(manifest, `${JSON.stringify(whole, null, 2)}\n`);
