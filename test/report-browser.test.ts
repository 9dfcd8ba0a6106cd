import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderHtml } from "../src/analysis/report/render-html.ts";
import { meanReversion } from "../src/strategies/mean-reversion.ts";
import { reportRun } from "./report-run.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
if (executablePath === undefined) console.warn("report in a browser: skipped, no chromium on this machine");

describe.skipIf(executablePath === undefined)("the page of a run in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-report-"));
  const file = join(folder, "report.html");
  let browser: Browser;

  beforeAll(async () => {
    writeFileSync(file, renderHtml(reportRun({ market: { bars: 3000 }, strategy: meanReversion })));
    browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page and gathers what it complains of. */
  async function opened(width: number): Promise<{ readonly page: Page; readonly complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(`file://${file}`);
    await page.locator("#figure-price-0 svg.live .wick").first().waitFor({ state: "attached" });
    return { page, complaints };
  }

  /** Texts of the price figure that lie on each other. */
  async function overlaps(page: Page): Promise<readonly string[]> {
    return page.locator("#figure-price-0 svg.live text").evaluateAll((texts) => {
      const boxes = texts.map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
      return boxes.flatMap(({ text, box }, k) =>
        boxes
          .slice(k + 1)
          .filter(
            (other) =>
              other.box.left < box.right - 1 &&
              box.left < other.box.right - 1 &&
              other.box.top < box.bottom - 3 &&
              box.top < other.box.bottom - 3,
          )
          .map((other) => `${text} on ${other.text}`),
      );
    });
  }

  for (const width of [1200, 400]) {
    test(`${width} pixels wide, zooming in ends at real bars, without a complaint and without words on words`, async () => {
      const { page, complaints } = await opened(width);
      expect(await overlaps(page)).toEqual([]);
      for (let press = 0; press < 14; press++) await page.locator('[data-zoom="in"]').click();
      const title = page.locator("#figure-price-0 svg.live .title").first();
      await expect.poll(() => title.textContent()).toBe("SYN1 in USD, 1 h per candle");
      const [from, to] = (await page.locator(".range").textContent())!
        .split(" to ")
        .map((text) => Date.parse(`${text}Z`));
      expect((to! - from!) / 3_600_000).toBeCloseTo(24, 1);
      // Bands in the price pane, and the curves that share the times of the candles, follow the zoom.
      expect(await page.locator("#figure-price-0 svg.live path.line[class*=series-]").count()).toBe(5);
      expect(await overlaps(page)).toEqual([]);
      expect(await page.locator("html").evaluate((html) => html.scrollWidth <= html.clientWidth)).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    }, 30_000);
  }
});
