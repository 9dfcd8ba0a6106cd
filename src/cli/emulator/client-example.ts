import type { EmulatedVenue } from "../../app/emulator/emulator-options.ts";

/** What an example is about. */
type Place = {
  readonly url: string;
  readonly wsUrl: string;
  readonly folder: string | null;
  readonly serverTime: string | null;
  readonly key: string;
  readonly secret: string;
};

/** How clients are pointed at an emulator; docs/how-to/emulator.md has more of them. */
export function clientExample(
  venue: EmulatedVenue,
  { url, wsUrl, folder, serverTime, key, secret }: Place,
): readonly string[] {
  switch (venue) {
    case "alpaca":
      return [
        "Python   from alpaca.trading.client import TradingClient",
        `         TradingClient("${key}", "${secret}", url_override="${url}")`,
        `curl     curl -H "APCA-API-KEY-ID: ${key}" -H "APCA-API-SECRET-KEY: ${secret}" ${url}/v2/account`,
        `streams  ${wsUrl}/stream   ${wsUrl}/v2/iex   ${wsUrl}/v1beta3/crypto/us`,
      ];
    case "bybit":
      return [
        'Node     import { RestClientV5 } from "bybit-api"',
        `         new RestClientV5({ key: "${key}", secret: "${secret}", baseUrl: "${url}" })`,
        "Python   from pybit.unified_trading import HTTP",
        `         session = HTTP(api_key="${key}", api_secret="${secret}"); session.endpoint = "${url}"`,
        `sockets  ${wsUrl}/v5/public/linear   ${wsUrl}/v5/private   ${wsUrl}/v5/trade`,
      ];
    case "ib":
      return [
        'Node     import { IBApi } from "@stoqey/ib"',
        `         new IBApi({ host: "127.0.0.1", port: ${new URL(url).port}, clientId: 1 }).connect()`,
        `Python   from ib_async import IB; ib = IB(); ib.connect("127.0.0.1", ${new URL(url).port}, clientId=1)`,
        `Kiwi     "broker": { "use": "ib", "port": ${new URL(url).port} }`,
      ];
    case "binance":
      return [
        'Node     import { MainClient } from "binance"',
        `         new MainClient({ baseUrl: "${url}" })`,
        `Python   from binance.client import Client; Client.API_URL = "${url}/api"`,
        `streams  ${wsUrl}/ws   ${wsUrl}/stream`,
      ];
    case "metatrader":
      return [
        `Kiwi     "folder": "${folder}", "serverTime": "${serverTime}"   for broker and source metatrader`,
        `Python   from api.dwx_client import dwx_client   (DWX Connect)`,
        `         dwx_client(None, "${folder}").open_order("SYMBOL", "buy", 0.01)`,
      ];
  }
}
