import { exitCodes } from "../../base/errors.ts";
import { findSession, type SessionNote } from "../../app/trading/session-folder.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { AccountOrder } from "../../app/trading/kill/account-orders.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";
import type { SessionFlags } from "./paper.ts";

export type OrdersFlags = SessionFlags & { readonly cancel?: readonly string[] };

/** `kiwi paper orders`, `kiwi live orders`: what works on an account by the venue itself, and takes single orders off. */
export async function ordersCommand(
  shell: Shell,
  mode: SessionNote["mode"],
  flags: OrdersFlags,
): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, flags.session, mode);
  const { accountOrders } = await import("../../app/trading/kill/account-orders.ts");
  const { cancel = [] } = flags;
  const found = await accountOrders(home, note, cancel, shell.env, shell.err);
  if (flags.json === true) shell.out(envelope(`${mode}-orders@1`, { canceled: cancel, orders: found }));
  else {
    for (const id of cancel) shell.out(`${id} is gone`);
    shell.out(`account ${note.account}\n${found.length === 0 ? "no order works" : ordersTable(found)}`);
  }
  return exitCodes.ok;
}

function ordersTable(found: readonly AccountOrder[]): string {
  const columns = [{ title: "order" }, { title: "what" }, { title: "whose" }];
  const rows = found.map(({ order, what, whose }) => [
    order.clientOrderId ?? order.venueOrderId,
    what,
    whose,
  ]);
  return table(columns, rows);
}
