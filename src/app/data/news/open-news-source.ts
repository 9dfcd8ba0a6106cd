import { didYouMean } from "../../../base/nearest.ts";
import { z } from "zod";
import { systemClock } from "../../../adapters/system-clock.ts";
import { KiwiError } from "../../../base/errors.ts";
import { Prng } from "../../../base/prng.ts";
import type { NewsQuarantine, NewsSource } from "../../../ports/news-source.ts";
import type { KiwiConfig, ProviderConfig } from "../../config/config-schema.ts";
import { plainSymbol } from "../../bars/pick-symbols.ts";
import type { SecretPlaces } from "../../config/secret-place.ts";
import { lookUpCredentials } from "../../config/secrets.ts";
import { sourceNamed } from "../../plugins/registry.ts";

/** Sources of bars that have news as well: they share the provider's settings and keys. */
const newsSources = ["alpaca"];

const positive = z.number().positive().optional();
/** Of a provider's settings, those that news have to do with; the others are about its bars. */
const options = z.object({
  baseUrl: z.string().optional(),
  tradingUrl: z.string().optional(),
  wsUrl: z.string().optional(),
  requestTimeoutMs: positive,
  clockSkewMsMax: positive,
  requestsPerMinute: positive,
});

/** Those that were given: the others are not there at all, rather than undefined. */
type Settings = {
  [Key in keyof z.output<typeof options>]?: Exclude<z.output<typeof options>[Key], undefined>;
};

/** What a source of news must not do in silence. */
export type NewsReports = { readonly onQuarantine: (entry: NewsQuarantine) => void };

/**
 * Opens where news come from: the provider of that name with its settings; symbols are plain names. Secrets are looked up here and handed to
 * nobody else. Throws `NEWS_SOURCE_UNKNOWN`, `SECRET_MISSING` and what the settings of the provider throw.
 */
export async function openNewsSource(
  name: string,
  config: KiwiConfig,
  places: SecretPlaces,
  reports: NewsReports,
): Promise<NewsSource> {
  const provider: ProviderConfig = Object.hasOwn(config.providers, name) ? config.providers[name]! : {};
  const { use = name, key, secret, token, password, symbols = {}, ...rest } = provider;
  if (!newsSources.includes(use)) throw unknownSource(name, use);
  const { priceScale: _, volumeScale: __, ...settings } = rest;
  const plugin = sourceNamed(use);
  const given = checkedSettings(name, settings, plugin.options);
  const found = await lookUpCredentials(
    name,
    plugin.credentials,
    { key, secret, token, password },
    places,
    true,
  );
  const { alpacaNewsSource } = await import("../../../adapters/sources/news/alpaca-news-source.ts");
  const source = await alpacaNewsSource({
    ...given,
    clock: systemClock,
    prng: new Prng(config.seed).fork(`news:${name}`),
    credentials: { keyId: found.key!, secret: found.secret! },
  });
  return inPlainNames(source, symbols, reports);
}

function checkedSettings(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  allowed: z.ZodObject,
): Settings {
  const wrong = Object.keys(settings).find((key) => !Object.hasOwn(allowed.shape, key));
  const outcome = options.safeParse(settings);
  if (wrong === undefined && outcome.success) return outcome.data as Settings;
  const path = wrong ?? String(outcome.error!.issues[0]!.path[0]);
  throw new KiwiError({
    code: wrong === undefined ? "SOURCE_OPTION_INVALID" : "SOURCE_OPTION_UNKNOWN",
    exit: "config",
    message: `the option ${path} of ${name} cannot be ${JSON.stringify(settings[path])}`,
    why: wrong === undefined ? outcome.error!.issues[0]!.message : "there is no such option",
    fix:
      wrong === undefined
        ? `correct providers.${name}.${path}, or leave it out`
        : didYouMean(wrong, Object.keys(allowed.shape), (near) => `providers.${name}.${near}`),
    topic: "sources",
  });
}

/**
 * The source under plain names of symbols, ours where the provider writes them otherwise. An article must read the same
 * whichever of its symbols was asked for: another writing would make it another version.
 */
function inPlainNames(
  source: NewsSource,
  symbols: Readonly<Record<string, string>>,
  { onQuarantine }: NewsReports,
): NewsSource {
  const pairs = Object.entries(symbols);
  const theirs = new Map(pairs.map(([own, other]) => [plainSymbol(own), other]));
  const ours = new Map(pairs.map(([own, other]) => [plainSymbol(other), plainSymbol(own)]));
  const plainOf = (symbol: string): string => ours.get(plainSymbol(symbol)) ?? plainSymbol(symbol);
  return {
    ...source,
    async *fetchNews(request) {
      const asked = request.symbols.map((symbol) => theirs.get(symbol) ?? symbol);
      for await (const page of source.fetchNews({ ...request, symbols: asked, onQuarantine }))
        yield page.map((item) => ({ ...item, symbols: item.symbols.map(plainOf) }));
    },
  };
}

function unknownSource(name: string, use: string): KiwiError {
  return new KiwiError({
    code: "NEWS_SOURCE_UNKNOWN",
    exit: "usage",
    message: `${name === use ? name : `${name} (${use})`} has no news`,
    why: `news come from ${newsSources.join(", ")}, or from a file`,
    fix: `${didYouMean(use, newsSources, (near) => `--source ${near}`)} or a file: --file NEWS.jsonl`,
    topic: "news",
  });
}
