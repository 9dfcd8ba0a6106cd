import { checkBroker, type BrokerReport } from "../../app/brokers/check-broker.ts";
import { connectBroker } from "../../app/brokers/connect-broker.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { exitCodes } from "../../base/errors.ts";
import type { TradingMode } from "../../ports/broker-plugin.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type BrokerCheckFlags = CommonFlags & ConfigFlags & { readonly live?: true };

/** `kiwi broker check`: asks the broker everything that trading would ask. Exit 7 when trading would be refused. */
export async function brokerCheckCommand(
  shell: Shell,
  symbols: readonly string[],
  flags: BrokerCheckFlags,
): Promise<number> {
  const { config } = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
  });
  const mode: TradingMode = flags.live === true ? "live" : "paper";
  const broker = await connectBroker(config, { folder: shell.folder, env: shell.env }, mode);
  const report = await checkBroker(broker, symbols, shell.outClosed);
  const isFit = report.streamFault === null && report.findings.every((finding) => finding.isFit);
  if (flags.json === true)
    shell.out(envelope("broker-check@1", jsonOf(config.broker!.use, mode, report), isFit));
  else shell.out([...textOf(config.broker!.use, mode, report), verdict(report, isFit)].join("\n"));
  return isFit ? exitCodes.ok : exitCodes.safety;
}

function textOf(use: string, mode: TradingMode, report: BrokerReport): readonly string[] {
  const { account, openOrders, findings, instruments, refuses } = report;
  const held = [...account.positions].map(
    ([symbol, { quantity, averagePrice }]) =>
      `${quantity} ${symbol}${averagePrice > 0 ? ` at ${averagePrice}` : ""}`,
  );
  const lines = [
    `${use}, ${mode}: account ${report.accountName}`,
    "",
    ...findings.map(
      ({ what, found, wanted, isFit }) =>
        `${isFit ? "ok  " : "FAIL"}  ${what}: ${found}${isFit ? "" : `, wanted ${wanted}`}`,
    ),
    "",
    `equity      ${account.equity} ${account.currency}, of which new positions may use ${account.buyingPower}`,
    `cash        ${[...account.cash].map(([currency, amount]) => `${amount} ${currency}`).join(", ") || "none"}`,
    `positions   ${held.join(", ") || "none"}`,
    `orders      ${openOrders.kind === "whole" ? `${openOrders.orders.length} open` : `unknown: ${openOrders.reason}`}`,
    `refuses     ${refuses.join(", ") || "nothing"}`,
  ];
  if (instruments.length === 0) return lines;
  const rows = instruments.map((one) => [
    one.symbol,
    String(one.tickSize),
    String(one.lotSize),
    String(one.notionalMin),
    one.isTradable ? "yes" : "no",
    one.canShort ? "yes" : "no",
  ]);
  const columns = ["symbol", "tick", "lot", "least value", "traded", "short"].map((title) => ({ title }));
  return [...lines, "", table(columns, rows)];
}

function verdict({ streamFault }: BrokerReport, isFit: boolean): string {
  if (isFit) return "\ntrading would be let in; no order was sent";
  return streamFault === null
    ? "\ntrading would be refused: see FAIL above"
    : `\ntrading would be refused: ${streamFault.parts.message}\nfix         ${streamFault.parts.fix}`;
}

function jsonOf(use: string, mode: TradingMode, report: BrokerReport): Readonly<Record<string, unknown>> {
  const { account, streamFault } = report;
  return {
    broker: use,
    mode,
    ...report,
    account: {
      ...account,
      cash: Object.fromEntries(account.cash),
      positions: Object.fromEntries(account.positions),
    },
    streamFault: streamFault?.parts ?? null,
  };
}
