import { badParameter, ok, type BybitReply } from "./bybit-reply.ts";

type Paged = { readonly sequence: number };

/** One page of a list that is sorted by falling or rising `sequence`; the cursor names the last item before it. */
export function pageOf<Item extends Paged>(
  items: readonly Item[],
  query: URLSearchParams,
  limits: { readonly usual: number; readonly most: number },
  jsonOf: (item: Item) => unknown,
): BybitReply {
  const limit = Number(query.get("limit") ?? limits.usual);
  if (!Number.isInteger(limit) || limit < 1) return badParameter("limit");
  const size = Math.min(limit, limits.most);
  const cursor = query.get("cursor") ?? "";
  const from = cursor === "" ? 0 : placeAfter(items, cursor);
  const page = items.slice(from, from + size);
  const last = page.at(-1);
  const hasMore = last !== undefined && from + size < items.length;
  const nextPageCursor = hasMore ? encodeURIComponent(`${last.sequence}:0,${last.sequence}:0`) : "";
  return ok({
    category: query.get("category") ?? "",
    nextPageCursor,
    list: page.map(jsonOf),
  });
}

/** Clients send a cursor as they got it, or decoded. One that is none of ours is at the end of all pages. */
function placeAfter(items: readonly Paged[], cursor: string): number {
  const sequence = Number(/^(\d+)(?::|%3A)/i.exec(cursor)?.[1]);
  const place = items.findIndex((item) => item.sequence === sequence);
  return place < 0 ? items.length : place + 1;
}
