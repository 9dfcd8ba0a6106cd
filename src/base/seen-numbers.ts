/**
 * Remembers which numbers of a sequence that counts up from 1 have been seen, in whatever order they come. All numbers
 * up to the first gap cost nothing to remember.
 */
export class SeenNumbers {
  private through = 0;
  private readonly beyond = new Set<number>();

  /** Takes a number in; false when it had been seen before. */
  add(number: number): boolean {
    if (number !== this.through + 1) {
      if (number <= this.through || this.beyond.has(number)) return false;
      this.beyond.add(number);
      return true;
    }
    this.through = number;
    while (this.beyond.size > 0 && this.beyond.delete(this.through + 1)) this.through += 1;
    return true;
  }
}
