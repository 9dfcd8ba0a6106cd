import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeSite } from "../bench/site/write-site.ts";
import { temporaryFolder } from "./run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
const site = join(folder, "site");
beforeAll(() => void writeSite(site));
afterAll(remove);

const pages = (): readonly string[] =>
  readdirSync(site, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".html") && !path.startsWith("files"),
  );

test("every link of the site leads to a page and a heading that are there", () => {
  const texts = new Map(pages().map((page) => [join(site, page), readFileSync(join(site, page), "utf8")]));
  expect(texts.size).toBeGreaterThan(100);
  const broken: string[] = [];
  for (const [page, text] of texts)
    for (const [, link] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (/^(?:https?|data|mailto):/.test(link!)) continue;
      const [path = "", anchor] = link!.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      const isThere = existsSync(file) && statSync(file).isFile();
      const hasAnchor = anchor === undefined || (texts.get(file) ?? "").includes(`id="${anchor}"`);
      if (!isThere || !hasAnchor) broken.push(`${page.slice(site.length)}: ${link!}`);
    }
  expect(broken).toEqual([]);
});

test("every page of the documents is in the navigation, and marks itself there", () => {
  const nav = /<nav[\s\S]*<\/nav>/.exec(readFileSync(join(site, "index.html"), "utf8"))![0];
  const missing = pages()
    .map((page) => page.replaceAll("\\", "/"))
    .filter(
      (page) =>
        !page.startsWith("decisions/") && !["index.html", "about.html", "changelog.html"].includes(page),
    )
    .filter((page) => !nav.includes(`href="${page}"`));
  expect(missing).toEqual([]);
  expect(readFileSync(join(site, "how-to/costs.html"), "utf8")).toContain('aria-current="page"');
});

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
test.skipIf(executablePath === undefined)(
  "in a browser it is searched, turns dark, fits a telephone and complains of nothing",
  async () => {
    const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: "light" });
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      await page.goto(`file://${join(site, "how-to", "costs.html")}`);
      const width = await page.evaluate("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(390);
      await page.fill("#search", "kill switch");
      const first = page.locator("#results a").first();
      expect(await first.textContent()).toContain("ill switch");
      const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
      const light = await ground();
      await page.click("#theme");
      expect(await ground()).not.toBe(light);
      await first.click();
      expect(await page.locator("main h1, main h2").count()).toBeGreaterThan(0);
      expect(await ground()).not.toBe(light);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  60_000,
);
