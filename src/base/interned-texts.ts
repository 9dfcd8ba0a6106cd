/**
 * Texts by number, in the order of their first appearance: a row of a table keeps four bytes of each. Whoever writes many
 * rows names a place of its own, which remembers its last two texts: most rows repeat one of them.
 */
export class InternedTexts {
  private readonly texts: string[] = [];
  private readonly numberOf = new Map<string, number>();
  private readonly recent: (string | null)[];
  private readonly recentNumber: number[];

  /** Texts for `places` writers. */
  constructor(places: number) {
    this.recent = Array.from({ length: 2 * places }, () => null);
    this.recentNumber = Array.from({ length: 2 * places }, () => -1);
  }

  /** The number of a text. */
  add(text: string, place: number): number {
    const { recent, recentNumber } = this;
    const last = 2 * place;
    if (recent[last] === text) return recentNumber[last]!;
    if (recent[last + 1] === text) return recentNumber[last + 1]!;
    recent[last + 1] = recent[last]!;
    recentNumber[last + 1] = recentNumber[last]!;
    recent[last] = text;
    return (recentNumber[last] = this.intern(text));
  }

  /** The text of a number. */
  at(number: number): string {
    return this.texts[number]!;
  }

  /** Forgets all of them. */
  clear(): void {
    this.texts.length = 0;
    this.numberOf.clear();
    this.recent.fill(null);
    this.recentNumber.fill(-1);
  }

  private intern(text: string): number {
    let number = this.numberOf.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numberOf.set(text, number);
    }
    return number;
  }
}
