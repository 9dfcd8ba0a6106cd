import { expect, test } from "vitest";
import { styles } from "./styles.ts";

/** Contrast of two colours by WCAG 2.2, 1 to 21. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const schemes = [...styles.matchAll(/:root\{[^}]*\}/g)]
  .map(([block]) =>
    Object.fromEntries(
      [...block.matchAll(/--([\w-]+):(#[0-9a-f]{6})\b/g)].map((pair) => [pair[1]!, pair[2]!]),
    ),
  )
  .filter((scheme) => "ink" in scheme && scheme["ink"]!.length === 7);

test("text can be read on every ground, in the light and in the dark page: 4.5 to 1", () => {
  const [light, dark] = schemes;
  for (const scheme of [light!, dark!]) {
    for (const text of ["ink", "soft", "blue", "orange", "bench"]) {
      for (const ground of ["card", "paper"])
        expect(contrast(scheme[text]!, scheme[ground]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const ground of ["tint-grey", "tint-orange"])
      expect(contrast(scheme["ink"]!, scheme[ground]!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(scheme["soft"]!, scheme["tint-grey"]!)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(scheme["card"]!, scheme["orange"]!), "ribbon").toBeGreaterThanOrEqual(4.5);
  }
});

test("the style sheet loads nothing and knows the dark, the telephone and paper", () => {
  expect(styles).not.toMatch(/url\(|@import|@font-face|https?:/);
  for (const media of ["prefers-color-scheme:dark", "max-width:760px", "@media print"])
    expect(styles).toContain(media);
});

test("every strategy that has a letter has a colour of its own, apart from all others", () => {
  const hues = [...styles.matchAll(/\.hue-\d+\{--hue:(\d+)\}/g)].map(([, hue]) => Number(hue));
  expect(hues.length).toBe(52);
  expect(new Set(hues).size).toBe(52);
  // Neighbours in the strip, and all of the first eight, differ by more than 20 degrees.
  for (let a = 0; a < 8; a++) {
    for (let b = a + 1; b < 8; b++) {
      const apart = Math.abs(hues[a]! - hues[b]!);
      expect(Math.min(apart, 360 - apart), `${a} and ${b}`).toBeGreaterThan(20);
    }
  }
});
