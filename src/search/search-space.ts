import { assert } from "../base/assert.ts";
import { KiwiError } from "../base/errors.ts";
import type { ParamValue } from "../domain/params.ts";
import type { Prng } from "../base/prng.ts";

/** One thing that varies, and every value that it may take, in their order. */
export type Dimension = {
  /** Name of a parameter, or path of a key of the configuration. */
  readonly name: string;
  readonly values: readonly ParamValue[];
  /** Whether neighbours in the list are alike: numbers are, words are not. */
  readonly isOrdered: boolean;
  /** It matters only where another one has a value; elsewhere it stays at its first and is not counted twice. */
  readonly onlyWhen?: { readonly name: string; readonly value: ParamValue };
};

/** A place in the space: the number of the value of each dimension. */
export type Point = readonly number[];
/** The values at a point, by name. */
export type Setting = Readonly<Record<string, ParamValue>>;

/** What forbids points, with the words for it. */
export type Limit = { readonly text: string; readonly allows: (setting: Setting) => boolean };

/** Points beyond this many are not counted one by one. */
const countedMax = 2_000_000;
/** Draws after which a space is taken for exhausted, or for nearly empty. */
const drawsMax = 10_000;

/** Everything that a search may try: dimensions on a lattice, and what forbids some of its points. */
export class SearchSpace {
  readonly dimensions: readonly Dimension[];
  private readonly limits: readonly Limit[];

  constructor(dimensions: readonly Dimension[], limits: readonly Limit[]) {
    this.dimensions = dimensions;
    this.limits = limits;
  }

  /** Points of the lattice, allowed or not. */
  get size(): number {
    return this.dimensions.reduce((product, { values }) => product * values.length, 1);
  }

  /** Whether the allowed points are few enough to go through all of them. */
  get isCounted(): boolean {
    return this.size <= countedMax;
  }

  /** The values at a point. */
  settingAt(point: Point): Setting {
    return Object.fromEntries(this.dimensions.map(({ name, values }, k) => [name, values[point[k]!]!]));
  }

  /** The point that stands for all that differ only in what does not matter there. */
  canonical(point: Point): Point {
    return this.dimensions.some(({ onlyWhen }) => onlyWhen !== undefined)
      ? point.map((index, k) => (this.matters(point, k) ? index : 0))
      : point;
  }

  /** What depends on something that does not matter itself matters as little. */
  private matters(point: Point, k: number): boolean {
    const { onlyWhen } = this.dimensions[k]!;
    if (onlyWhen === undefined) return true;
    const other = this.dimensions.findIndex(({ name }) => name === onlyWhen.name);
    return this.dimensions[other]!.values[point[other]!] === onlyWhen.value && this.matters(point, other);
  }

  /** Whether a point may be tried. */
  allows(point: Point): boolean {
    const setting = this.settingAt(point);
    return this.limits.every(({ allows }) => allows(setting));
  }

  /** Every allowed point once, the last dimension fastest: so that neighbours share what they are computed from. */
  *points(): Generator<Point> {
    const point = this.dimensions.map(() => 0);
    for (;;) {
      const isOwn = this.canonical(point).every((index, k) => index === point[k]);
      if (isOwn && this.allows(point)) yield [...point];
      let k = point.length - 1;
      while (k >= 0 && point[k] === this.dimensions[k]!.values.length - 1) point[k--] = 0;
      if (k < 0) return;
      point[k]! += 1;
    }
  }

  /**
   * At most `count` different allowed points, spread evenly along every dimension, in the order of `points`: the additive
   * recurrence of powers of the generalized golden ratio (M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018).
   */
  spread(count: number): readonly Point[] {
    const found = new Map<string, Point>();
    const ratio = goldenRatio(this.dimensions.length);
    const triesMax = Math.min(countedMax, Math.max(drawsMax, 50 * count));
    for (let tries = 0; tries < triesMax && found.size < count; tries++) {
      const place = this.dimensions.map(({ values }, k) =>
        Math.floor(((0.5 + tries * ratio ** -(k + 1)) % 1) * values.length),
      );
      const point = this.canonical(place);
      if (this.allows(point)) found.set(keyOf(point), point);
    }
    return [...found.values()].toSorted((a, b) => {
      const k = a.findIndex((index, dimension) => index !== b[dimension]);
      return k === -1 ? 0 : a[k]! - b[k]!;
    });
  }

  /** A point by chance that is not among those `seen`; null where none is found. */
  draw(prng: Prng, seen: ReadonlySet<string>): Point | null {
    for (let tries = 0; tries < drawsMax; tries++) {
      const point = this.canonical(this.dimensions.map(({ values }) => prng.integer(values.length)));
      if (!seen.has(keyOf(point)) && this.allows(point)) return point;
    }
    if (!this.isCounted) return null;
    const left = [...this.points()].filter((point) => !seen.has(keyOf(point)));
    return left.length === 0 ? null : left[prng.integer(left.length)]!;
  }

  /** Throws `SPACE_EMPTY`, which names the constraint that leaves nothing, or those that do together. */
  refuseEmpty(): void {
    for (const { name, values } of this.dimensions)
      if (values.length === 0) throw empty([`${name} has no values`]);
    if (!this.isCounted) return;
    if (!this.points().next().done!) return;
    const guilty = this.limits.filter(
      (limit) => new SearchSpace(this.dimensions, [limit]).points().next().done!,
    );
    throw empty((guilty.length > 0 ? guilty : this.limits).map(({ text }) => text));
  }
}

/** A point as text: equal points have equal texts. */
export function keyOf(point: Point): string {
  return point.join();
}

/** The values from `min` to `max` in steps; the last is `max` only where a step ends there. */
export function steps(min: number, max: number, step: number): readonly number[] {
  assert(step > 0, "a step leads upwards");
  // Multiplied and not added up: a thousand roundings would lead away from the grid.
  const count = Math.floor((max - min) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, k) => Number((min + k * step).toPrecision(12)));
}

/** The only positive x with x ** (dimensions + 1) = x + 1. */
function goldenRatio(dimensions: number): number {
  let ratio = 1.5;
  for (let turn = 0; turn < 60; turn++) ratio = (1 + ratio) ** (1 / (dimensions + 1));
  return ratio;
}

function empty(limits: readonly string[]): KiwiError {
  const together =
    limits.length > 1 ? "these constraints together leave nothing" : "this constraint leaves nothing";
  return new KiwiError({
    code: "SPACE_EMPTY",
    exit: "usage",
    message: "there is nothing to search in",
    why: limits.length === 0 ? "no value is left to try" : `${together}: ${limits.join("; ")}`,
    fix: "give more values (--vary), or leave a --where out",
    topic: "optimize",
  });
}
