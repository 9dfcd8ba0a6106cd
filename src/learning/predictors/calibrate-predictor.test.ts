import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { plant } from "../../../test/planted-market.ts";
import { recalibrate } from "../judge/recalibrate.ts";
import { calibratePredictor } from "./calibrate-predictor.ts";

const [rows, newest] = [8_000, 6_000];
const span = { from: 0, to: rows };

/** A market with an edge, whose chances are said as they are; from `gone` on the outcomes are those of a coin. */
function saidOf(gone: number) {
  const { data, chance } = plant(rows, 5, 0.3);
  const random = new Prng(6);
  const outcome = data.labels.outcome.map((up, row) => (row < gone ? up : random.integer(2)));
  return { data: { ...data, labels: { ...data.labels, outcome } }, chance };
}

const sure = (data: ReturnType<typeof saidOf>, from?: number) =>
  recalibrate(calibratePredictor(data.data, span, data.chance, "beta", from).calibration, 0.62);

test("more rows make the range narrower, as long as the newest ones agree", () => {
  const said = saidOf(rows);
  const all = sure(said, newest);
  expect(all).toEqual(sure(said));
  const { low, high } = recalibrate(
    calibratePredictor(said.data, { from: newest, to: rows }, said.chance.subarray(newest)).calibration,
    0.62,
  );
  expect(all.high - all.low).toBeLessThan((high - low) * 0.7);
  expect(all.low).toBeGreaterThan(0.57);
});

test("an edge that the newest rows do not have any more is not believed for what it was worth once", () => {
  const said = saidOf(newest);
  expect(sure(said).low).toBeGreaterThan(0.54);
  expect(sure(said, newest).low).toBeLessThan(0.5);
});
