import { createHmac, timingSafeEqual } from "node:crypto";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { WireRequest } from "../wire/face.ts";
import { failed, type BybitReply } from "./bybit-reply.ts";

const receiveWindowMs = 5_000;
/** A stamp may be this far ahead of the server. */
const aheadMs = 1_000;

/** Who signed a request; or what is said to one whose key, time or signature is wrong. */
export function signer(
  request: WireRequest,
  exchange: Exchange,
  nowMs: number,
): ExchangeAccount | BybitReply {
  const { headers, method, rawQuery, body } = request;
  const key = text(headers["x-bapi-api-key"]);
  const stamp = text(headers["x-bapi-timestamp"]);
  const window = text(headers["x-bapi-recv-window"]);
  const account = exchange.account(key);
  if (account === null) return failed(10003, "API key is invalid.");
  const stampMs = Number(stamp);
  const windowMs = window === "" ? receiveWindowMs : Number(window);
  if (!(stampMs < nowMs + aheadMs) || !(stampMs >= nowMs - windowMs))
    return failed(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${stamp}],server_timestamp[${nowMs}],recv_window[${windowMs}]`,
    );
  // Over the bytes as they came: no two clients order their keys alike.
  const signed = stamp + key + window + (method === "GET" ? rawQuery : body);
  return isSignature(signed, account.options.secret, text(headers["x-bapi-sign"]))
    ? account
    : failed(10004, "error sign! please check your signature generation algorithm.");
}

/** Whether `sign` is the HMAC of a text. */
export function isSignature(signed: string, secret: string, sign: string): boolean {
  const expected = createHmac("sha256", secret).update(signed).digest();
  const given = Buffer.from(sign, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function text(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}
