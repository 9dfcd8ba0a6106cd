import type { CcxtExchange } from "./load-ccxt.ts";

/** The addresses of an exchange, a tree of texts, with another host in front. */
export function retarget(addresses: unknown, baseUrl: string): unknown {
  if (typeof addresses === "string") return addresses.replace(/^https?:\/\/[^/]+/, baseUrl);
  if (addresses === null || typeof addresses !== "object") return addresses;
  return Object.fromEntries(
    Object.entries(addresses).map(([name, value]) => [name, retarget(value, baseUrl)]),
  );
}

/** The first address of an exchange: whose limit its requests count against. */
export function hostOf({ urls, hostname = "" }: Pick<CcxtExchange, "urls" | "hostname">): string {
  const first = firstText(urls.api)?.replace("{hostname}", hostname) ?? "";
  return URL.canParse(first) ? first : "https://unknown.invalid";
}

function firstText(tree: unknown): string | undefined {
  if (typeof tree === "string") return tree;
  if (tree === null || typeof tree !== "object") return undefined;
  for (const branch of Object.values(tree)) {
    const found = firstText(branch);
    if (found !== undefined) return found;
  }
  return undefined;
}
