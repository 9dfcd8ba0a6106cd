import type { WireReply, WireRequest } from "./face.ts";

/** What a route gets: the request, and the parts of its path that the pattern leaves open. */
export type RouteHandler<Context> = (context: Context, request: WireRequest, part: string) => WireReply;

/** `GET /v2/orders/*`: a star stands for one part of the path, the only one. */
export type Route<Context> = readonly [pattern: string, handler: RouteHandler<Context>];

type Found<Context> = { readonly handler: RouteHandler<Context>; readonly part: string };

/** Finds the handler of a request. */
export class Router<Context> {
  private readonly exact = new Map<string, RouteHandler<Context>>();
  private readonly open: { before: string; after: string; handler: RouteHandler<Context> }[] = [];

  constructor(routes: readonly Route<Context>[]) {
    for (const [pattern, handler] of routes) {
      const star = pattern.indexOf("*");
      if (star < 0) this.exact.set(pattern, handler);
      else this.open.push({ before: pattern.slice(0, star), after: pattern.slice(star + 1), handler });
    }
  }

  find({ method, path }: WireRequest): Found<Context> | null {
    const asked = `${method} ${path}`;
    const handler = this.exact.get(asked);
    if (handler !== undefined) return { handler, part: "" };
    for (const { before, after, handler: other } of this.open) {
      if (!asked.startsWith(before) || !asked.endsWith(after)) continue;
      const part = asked.slice(before.length, asked.length - after.length);
      if (part !== "" && !part.includes("/")) return { handler: other, part: decoded(part) };
    }
    return null;
  }
}

/** A part with a broken escape is taken as it is: nothing has that name. */
function decoded(part: string): string {
  return /%(?![0-9a-f]{2})/i.test(part) ? part : decodeURIComponent(part);
}
