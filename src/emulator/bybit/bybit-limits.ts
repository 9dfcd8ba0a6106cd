import { RateLimit, type RateVerdict } from "../wire/rate-limit.ts";

/** Requests a second of a key, by path; `spot` is for orders of coins. */
const perSecond: Readonly<Record<string, { readonly linear: number; readonly spot: number }>> = {
  "/v5/order/create": { linear: 10, spot: 20 },
  "/v5/order/amend": { linear: 10, spot: 10 },
  "/v5/order/cancel": { linear: 10, spot: 20 },
  "/v5/order/cancel-all": { linear: 10, spot: 20 },
  "/v5/order/realtime": { linear: 50, spot: 50 },
  "/v5/order/history": { linear: 50, spot: 50 },
  "/v5/execution/list": { linear: 50, spot: 50 },
  "/v5/position/list": { linear: 50, spot: 50 },
  "/v5/position/trading-stop": { linear: 10, spot: 10 },
  "/v5/account/wallet-balance": { linear: 50, spot: 50 },
  "/v5/account/fee-rate": { linear: 5, spot: 5 },
};
const others = { linear: 10, spot: 10 };

/** The limits of Bybit's, `scale` times as wide: by key and path, and for all requests of the address. */
export class BybitLimits {
  private readonly scale: number;
  private readonly byPath = new Map<string, RateLimit>();
  private readonly ofAddress: RateLimit;

  constructor(scale: number) {
    this.scale = scale;
    this.ofAddress = new RateLimit(600 * scale, 5_000);
  }

  /** Whether the address may ask at all. */
  isAddressAllowed(nowMs: number): boolean {
    return this.ofAddress.take("", nowMs).isAllowed;
  }

  /** Counts a request of a key. */
  take(key: string, path: string, category: string, nowMs: number): RateVerdict & { readonly limit: number } {
    const kind = category === "spot" ? "spot" : "linear";
    const name = `${path} ${kind}`;
    const limit =
      this.byPath.get(name) ?? new RateLimit((perSecond[path] ?? others)[kind] * this.scale, 1_000);
    this.byPath.set(name, limit);
    return { ...limit.take(key, nowMs), limit: limit.limit };
  }
}
