import { startEmulatedGateway } from "../../../../test/fakes/emulated-gateway.ts";
import { testBroker } from "../../../../test/broker-contract.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { secondMs } from "../../../base/time.ts";
import { accountOptions, venueOptions } from "../../../emulator/exchange/account-options.ts";
import { ibBroker } from "./ib-broker.ts";

/** A notice about the order that was just sent, or about nothing. */
function said(code: number, text: string, id = "ID"): Fault {
  return { kind: "reply", body: [["4", "2", id, String(code), text, ""]] };
}

const rejected = (reason: string): Fault => said(201, `Order rejected - reason:${reason}`);

testBroker({
  name: "Interactive Brokers",
  symbol: "AAPL",
  unknownSymbol: "NOPE",
  accountName: "DU1000001",
  isKeyless: true,
  isOrderRequest: ({ path }) => path === "3",
  isOpenOrdersRequest: ({ path }) => path === "16",
  // Source of numbers and texts: the message codes of the TWS API, and issues of its clients.
  refusals: {
    "too little money": [
      rejected("YOUR ORDER IS NOT ACCEPTED. YOUR EQUITY WITH LOAN VALUE MUST EXCEED THE INITIAL MARGIN"),
      "buying_power",
    ],
    "nothing to borrow": [rejected("The contract is not available for short sale."), "long_only"],
    "a price off the tick": [
      said(110, "The price does not conform to the minimum price variation for this contract."),
      "tick_size",
    ],
    "an unknown contract": [
      said(200, "No security definition has been found for the request"),
      "unknown_symbol",
    ],
    "a halted share": [said(154, "Orders cannot be transmitted for a halted security"), "halted"],
    "a closed exchange": [rejected("The exchange is closed."), "session_closed"],
    "a size that is too small": [
      said(388, "Order size 0.1 is smaller than the minimum required size of 1."),
      "lot_size",
    ],
    "a kind of order": [
      said(387, "Unsupported order type for this exchange and security type."),
      "unsupported",
    ],
    "a request that is not valid": [said(321, "Error validating request.-'bE' : cause - ..."), "other"],
  },
  doubts: {
    "a server error": said(322, "Error processing request.-'bW' : cause - ..."),
    "a remark and nothing else": said(399, "Order Message: your order will not be placed until 09:30:00"),
  },
  busy: () => ({
    fault: said(100, "Max rate of messages per second has been exceeded:max=50 rec=51 (1)", "-1"),
    spanMs: secondMs,
    // It is said of no order in particular.
    answer: { kind: "unknown" },
  }),
  liveUrl: "tcp://127.0.0.1:7496",
  paperUrl: "tcp://127.0.0.1:4002",
  swapped: {},
  async start(clock) {
    const { host, book, account, exchange } = await startEmulatedGateway(clock);
    return {
      host,
      book,
      connect(tools, { mode = "paper", options: { baseUrl, ...options } = {} }) {
        const { hostname, port } = new URL((baseUrl as string | undefined) ?? `tcp://127.0.0.1:${host.port}`);
        const place = { host: hostname, port: port === "" ? undefined : Number(port) };
        const usual = { clientId: 41, fractional: true, outsideRth: false, contracts: {} };
        return ibBroker({ ...usual, ...place, ...options }, { ...tools, mode, credentials: {}, folder: "." });
      },
      revokeKey() {},
      setPageRows() {},
      misfits: {
        "an API that may only read": {
          spoil: () => void ((account.options as { isReadOnly: boolean }).isReadOnly = true),
          says: /BROKER_SETTING_REFUSED.*API is read-only, wanted may trade/,
        },
        "a login with several accounts": {
          spoil: () =>
            void exchange.openAccount(
              accountOptions({ key: "OTHER", venue: venueOptions("margin", { maker: 0, taker: 0 }) }),
            ),
          says: /account is DU1000001, DU1000002, wanted one/,
        },
      },
    };
  },
});
