/** What a company did to its shares; `day` is the first day on which they trade with it (ex-date), from 1970-01-01. */
export type CorporateAction = { readonly symbol: string; readonly day: number } & (
  | {
      readonly kind: "split";
      /** New shares for one old: 2 doubles them, 0.1 makes one of ten. */
      readonly ratio: number;
    }
  | {
      readonly kind: "dividend";
      /** Cash for one share of that day, in quote currency. */
      readonly amount: number;
    }
);

/** The actions of each symbol, oldest first; on one day splits come before dividends, which are paid on new shares. */
export function actionsBySymbol(
  actions: readonly CorporateAction[],
): ReadonlyMap<string, readonly CorporateAction[]> {
  const sorted = actions.toSorted(
    (a, b) => a.day - b.day || (a.kind > b.kind ? -1 : a.kind < b.kind ? 1 : 0),
  );
  const found = new Map<string, CorporateAction[]>();
  for (const action of sorted) found.set(action.symbol, [...(found.get(action.symbol) ?? []), action]);
  return found;
}
