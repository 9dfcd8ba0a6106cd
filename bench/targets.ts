/** What a figure should reach: at least (`isFloor`) or at most. */
export const targets: Readonly<Record<string, { readonly value: number; readonly isFloor: boolean }>> = {
  engineBarsPerSecond: { value: 12e6, isFloor: true },
  sweepComboBarsPerSecond: { value: 25e6, isFloor: true },
  portfolioBarsPerSecond: { value: 3e6, isFloor: true },
  portfolioMemoryMb: { value: 1_500, isFloor: false },
  tenMillionBarsMemoryMb: { value: 1_200, isFloor: false },
  storeImportRowsPerSecond: { value: 1.5e6, isFloor: true },
  storeReadFiveMillionSeconds: { value: 0.75, isFloor: false },
  storeReadMonthMs: { value: 15, isFloor: false },
  hmmIterationMs: { value: 60, isFloor: false },
  hmmFilterStepUs: { value: 5, isFloor: false },
  liveDecisionCycle600Ms: { value: 250, isFloor: false },
  feedMessagesPerSecond: { value: 50_000, isFloor: true },
  collect620SymbolsSeconds: { value: 60, isFloor: false },
  collect620MemoryMb: { value: 1_500, isFloor: false },
  metaBacktestSeconds: { value: 20, isFloor: false },
  helpSeconds: { value: 0.2, isFloor: false },
};
