import { existsSync } from "node:fs";
import { openNewsHoldings, type NewsHoldings } from "../../../adapters/stores/news/news-holdings.ts";
import { openNewsStore } from "../../../adapters/stores/news/open-news-store.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { NewsStore } from "../../../ports/news-source.ts";
import { dataPathsOf, isDataFolder, makeDataFolder } from "../data-folder.ts";

/** The news of a data folder, open. */
export type NewsFolder = {
  readonly path: string;
  readonly store: NewsStore;
  readonly holdings: NewsHoldings;
};

/**
 * Does work on the news of a data folder and closes them, however it ends. With `isMade` they are made when they are not
 * there. Throws `NEWS_NONE` and what the store throws.
 */
export async function withNewsFolder<Result>(
  folder: string,
  isMade: boolean,
  work: (news: NewsFolder) => Promise<Result>,
): Promise<Result> {
  const path = dataPathsOf(folder).news;
  if (isMade) await makeDataFolder(folder);
  else if (!(await isDataFolder(folder)) || !existsSync(path)) throw noNews(folder);
  const store = await openNewsStore(path);
  try {
    const holdings = await openNewsHoldings(path);
    try {
      return await work({ path, store, holdings });
    } finally {
      await holdings.close();
    }
  } finally {
    await store.close();
  }
}

function noNews(folder: string): KiwiError {
  return new KiwiError({
    code: "NEWS_NONE",
    exit: "data",
    message: `${folder} holds no news`,
    why: "none were fetched or imported yet",
    fix: "kiwi data news AAPL --from 2024-01-01   (--data-folder names another folder)",
    topic: "news",
  });
}
