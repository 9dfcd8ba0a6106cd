import { floorToStep } from "../base/numbers.ts";

/** One trade as the percent-risk model sees it; money in base currency. */
export type RiskedTrade = {
  readonly equity: number;
  /** Share of equity that may be lost when the stop is hit: 0.01 = 1 %. */
  readonly riskFraction: number;
  readonly entryPrice: number;
  readonly stopPrice: number;
  /** What one unit gains or loses when the price moves by 1, in base currency; 1 for a share in base currency. */
  readonly unitValue: number;
  readonly lotSize: number;
};

/**
 * Units to trade, >= 0 and a multiple of the lot size, so that a fill at `stopPrice` loses `riskFraction` of equity:
 * equity x riskFraction / (|entryPrice - stopPrice| x unitValue), rounded down. 0 where entry and stop coincide, where
 * equity is gone, or where a number is missing. Costs and gaps beyond the stop are not counted.
 * Source: the percent-risk model of Tharp, Trade Your Way to Financial Freedom (2nd ed. 2007), ch. 14.
 */
export function calculatePositionSize(trade: RiskedTrade): number {
  const { equity, riskFraction, entryPrice, stopPrice, unitValue, lotSize } = trade;
  const lossPerUnit = Math.abs(entryPrice - stopPrice) * unitValue;
  const units = (equity * riskFraction) / lossPerUnit;
  return lossPerUnit > 0 && units > 0 ? floorToStep(units, lotSize) : 0;
}
