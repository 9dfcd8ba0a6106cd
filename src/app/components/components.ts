import { assert } from "../../base/assert.ts";
import { KiwiError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { Clock } from "../../ports/clock.ts";
import {
  closeInReverse,
  closeMsMax,
  type CloseFailure,
  type ComponentPart,
  type ComponentReport,
} from "../../ports/component.ts";
import { LivingPart } from "./living-part.ts";

/** Who hears of what the parts do. */
export type ComponentHearing = {
  readonly clock: Clock;
  /** A part was switched, or others have taken the place of some. */
  readonly onChange?: () => void;
  readonly onCloseFailure?: (failure: CloseFailure) => void;
};

/**
 * The parts of something that lives, each opened after those it needs and closed before them. What may be is switched off
 * and on, or exchanged, while the others go on.
 */
export class Components {
  private readonly hearing: ComponentHearing;
  private parts: readonly LivingPart[];

  /** Throws where a part needs one that is not there, or two need each other: whoever lists parts has made a mistake. */
  constructor(parts: readonly ComponentPart[], hearing: ComponentHearing) {
    this.hearing = hearing;
    this.parts = inOrder(parts.map((part) => new LivingPart(part)));
  }

  /** Opens everything. Where one does not open, what is open is closed again, and it throws what that one threw. */
  async open(): Promise<void> {
    try {
      for (const part of this.parts) await part.open();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Opens what opens; the others are `failed` and say why. */
  async tryToOpen(): Promise<void> {
    for (const part of this.parts) await part.open().catch(() => {});
  }

  /** Every part, those that others need before them. */
  reports(): readonly ComponentReport[] {
    const missing = new Set(this.parts.filter(({ isMissing }) => isMissing).map(({ id }) => id));
    return this.parts.map((part) => part.report(missing));
  }

  /** Whether a part is there and does its work. */
  isOpen(id: string): boolean {
    return this.parts.some((part) => part.id === id && part.state === "open");
  }

  /** Switches a part on or off. Throws `COMPONENT_UNKNOWN`, `COMPONENT_FIXED`, and what opening throws. */
  async switch(id: string, isOn: boolean): Promise<void> {
    const part = this.parts.find((one) => one.id === id);
    if (part === undefined)
      throw unknownComponent(
        id,
        this.parts.map((one) => one.id),
      );
    if (!part.isSwitchable) throw fixedComponent(id);
    try {
      if (isOn) await part.open();
      else await this.shut([part], "off");
    } finally {
      this.hearing.onChange?.();
    }
  }

  /**
   * Puts other parts in the place of those of some kinds. All of them are open before any of the old is closed; where one does not
   * open, it throws, and the old ones go on as if nothing had been. What was switched off stays so.
   */
  async exchange(kinds: readonly string[], parts: readonly ComponentPart[]): Promise<void> {
    const isOld = (part: LivingPart): boolean => kinds.includes(part.kind);
    const isOff = new Set(this.parts.filter(({ state }) => state === "off").map(({ id }) => id));
    const next = parts.map((part) => new LivingPart(part));
    const ordered = inOrder([...this.parts.filter((part) => !isOld(part)), ...next]);
    try {
      for (const part of ordered.filter((one) => next.includes(one)))
        if (isOff.has(part.id)) part.state = "off";
        else await part.open();
    } catch (error) {
      await this.shut(next, "closed");
      throw error;
    }
    const old = this.parts.filter(isOld);
    this.parts = ordered;
    this.hearing.onChange?.();
    await this.shut(old, "closed");
  }

  /** Closes everything, the last that was opened first; what goes wrong is told and stops nothing. */
  async close(): Promise<void> {
    await this.shut(this.parts, "closed");
  }

  private async shut(parts: readonly LivingPart[], after: "closed" | "off"): Promise<void> {
    const open = parts.filter(({ state }) => state === "open");
    const closings = open.map((part) => ({ name: part.id, close: () => part.close(after) }));
    for (const failure of await closeInReverse(closings, this.hearing.clock, closeMsMax))
      this.hearing.onCloseFailure?.(failure);
    for (const part of parts) part.state = after;
  }
}

/** Each part behind those that it needs, and otherwise as they were listed. */
function inOrder(parts: readonly LivingPart[]): readonly LivingPart[] {
  const byId = new Map(parts.map((part) => [part.id, part]));
  assert(byId.size === parts.length, "no two parts have one id");
  const ordered = new Set<LivingPart>();
  const visit = (part: LivingPart, above: readonly string[]): void => {
    assert(!above.includes(part.id), `parts need each other: ${[...above, part.id].join(" -> ")}`);
    if (ordered.has(part)) return;
    for (const need of part.needs) {
      const needed = byId.get(need);
      assert(needed !== undefined, `${part.id} needs ${need}, and there is none`);
      visit(needed, [...above, part.id]);
    }
    ordered.add(part);
  };
  for (const part of parts) visit(part, []);
  return [...ordered];
}

/** Refuses a part that is not there. */
export function unknownComponent(id: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "COMPONENT_UNKNOWN",
    exit: "usage",
    message: `there is no part called "${id}"`,
    why: `there are ${known.join(", ")}`,
    fix: didYouMean(id, known, undefined, "kiwi components   shows them"),
    topic: "components",
  });
}

/** Refuses to switch a part without which nothing works. */
export function fixedComponent(id: string): KiwiError {
  return new KiwiError({
    code: "COMPONENT_FIXED",
    exit: "safety",
    message: `${id} cannot be switched while a robot runs`,
    why: "a position would be without what it hangs on",
    fix: "restart for that: kiwi paper stop, change it, kiwi paper start   (kiwi kill stops trading at once)",
    topic: "components",
  });
}
