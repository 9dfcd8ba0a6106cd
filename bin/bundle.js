// Puts the source of a clone together into few files, for finding and linking hundreds takes longer than a short command does.
// bin/kiwi.js runs them as long as no source file changed; run as a program this makes the bundle, where there is none.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundlePlace, sourceNames } from "./bundle-place.js";

/** Packages of plain JavaScript that nearly every command needs: zod alone is a hundred files. */
const packagesInside = new Set(["commander", "fastest-levenshtein", "zod"]);
/** Modules that a thread, a process or a job begins with are named by their address: each of them is a file of its own. */
const address = /new URL\(\s*"([^"]+\.ts)",\s*import\.meta\.url/g;
/** What says of the code that runs what it is and where; the other module for a bundle is written below. */
const runningCode = "app/plugins/running-code.ts";
const keptDays = 7;

/** Makes the bundle of the clone in `root` unless it is there. Returns its folder. */
export async function makeBundle(root) {
  const place = bundlePlace(root);
  if (existsSync(place)) return place;
  const { rolldown } = await import("rolldown");
  const source = join(root, "src");
  const { sourceHash } = await import(pathToFileURL(join(source, runningCode)).href);
  const hash = sourceHash();
  const bundle = await rolldown({
    input: Object.fromEntries(entriesOf(root).map((name) => [fileOf(name), join(source, name)])),
    platform: "node",
    tsconfig: false,
    logLevel: "silent",
    transform: { target: "esnext" },
    // What nobody uses may still do something when it is loaded.
    treeshake: false,
    external: (id) => /^[^./\0]/.test(id) && !isPathOf(id) && !packagesInside.has(id.split("/")[0]),
    plugins: [placesOf(source), runningCodeOf(source, hash)],
  });
  mkdirSync(dirname(place), { recursive: true });
  const unfinished = `${place}.${process.pid}`;
  await bundle.write({
    dir: unfinished,
    format: "esm",
    entryFileNames: "[name].mjs",
    chunkFileNames: "part-[name]-[hash].mjs",
    // The traps of `kiwi check` tell their own lines from all others by their file.
    codeSplitting: { groups: [{ name: "traps", test: /[\\/]trap-globals\.ts$/ }] },
  });
  await bundle.close();
  // Source that changed meanwhile has another place: what was read may be half old and half new.
  if (bundlePlace(root) === place && !existsSync(place)) renameSync(unfinished, place);
  else rmSync(unfinished, { recursive: true, force: true });
  forgetOld(dirname(place));
  return place;
}

function entriesOf(root) {
  const entries = new Set(["cli/main.ts", "index.ts", "data.ts"]);
  const names = sourceNames(root);
  for (const name of names) {
    const text = readFileSync(join(root, "src", name), "utf8");
    for (const [, path] of text.matchAll(address)) entries.add(posix.join(posix.dirname(name), path));
  }
  // A comment may show an address that leads nowhere.
  return names.filter((name) => entries.has(name));
}

const fileOf = (name) => name.slice(0, -".ts".length).replaceAll("/", "--");

const isPathOf = (id) => /^[A-Za-z]:[\\/]/.test(id) || id.startsWith("@oxc-project/runtime");

/** A module goes on knowing where its source stands; addresses of others lead into the bundle. */
function placesOf(source) {
  return {
    name: "places",
    transform: {
      filter: { code: "import.meta" },
      handler(code, id) {
        if (!id.startsWith(source) || id === join(source, runningCode)) return null;
        const folder = posix.dirname(id.slice(source.length + 1).replaceAll("\\", "/"));
        const text = (value) => JSON.stringify(value);
        return code
          .replaceAll(
            address,
            (_, path) => `new URL(${text(`./${fileOf(posix.join(folder, path))}.mjs`)}, import.meta.here`,
          )
          .replaceAll("import.meta.url", text(pathToFileURL(id).href))
          .replaceAll("import.meta.dirname", text(dirname(id)))
          .replaceAll("import.meta.filename", text(id))
          .replaceAll("import.meta.here", "import.meta.url");
      },
    },
  };
}

/** The source was hashed when it was read: what runs may be older than what stands there by then. */
function runningCodeOf(source, hash) {
  const code = [
    `export const sourceHash = () => ${JSON.stringify(hash)};`,
    'const place = (address) => address.replace(/^.*\\/(.*)\\.ts$/, "./$1.mjs");',
    "export const runningPlace = (address) => new URL(place(address), import.meta.url).href;",
  ].join("\n");
  return {
    name: "running-code",
    load: (id) => (id === join(source, runningCode) ? { code, moduleType: "js" } : null),
  };
}

/** Takes bundles away that have not been the newest for days: a command that still runs loads parts of its own late. */
function forgetOld(folder) {
  const made = readdirSync(folder)
    .map((name) => ({ path: join(folder, name), madeMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.madeMs - a.madeMs);
  for (const { path, madeMs } of made.slice(1)) {
    if (Date.now() - madeMs > keptDays * 86_400_000) rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  await makeBundle(root);
}
