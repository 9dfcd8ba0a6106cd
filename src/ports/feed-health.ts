/**
 * What is wrong with the bars of a symbol at this moment. Whoever collects them knows: a gap that is not repaired,
 * providers that disagree, a stream that fell silent, a clock that is off.
 */
export interface FeedHealth {
  /** In words for the decision record; null while the bars may be traded on. */
  troubleWith(symbol: string): string | null;
}
