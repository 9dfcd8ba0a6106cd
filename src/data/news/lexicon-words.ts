/** Words with one weight, separated by spaces. */
type WordGroup = { readonly weight: number; readonly words: string };

/**
 * What single words say about the price of whom they are said of, -1 to 1. Collected by hand from the vocabulary of
 * finance headlines; every form is listed, because cutting off endings confuses more than it saves.
 */
export const wordGroups: readonly WordGroup[] = [
  {
    weight: 1,
    words:
      "soar soars soared soaring surge surges surged surging skyrocket skyrockets skyrocketed skyrocketing " +
      "blockbuster breakthrough stellar blowout",
  },
  {
    weight: 0.8,
    words:
      "beat beats beating outperform outperforms outperformed outperforming rally rallies rallied rallying jump jumps " +
      "jumped jumping upgrade upgrades upgraded upgrading spike spikes spiked boom booms booming rocket " +
      "rockets rocketed triumph triumphs triumphed bullish outperformance record-high windfall",
  },
  {
    weight: 0.6,
    words:
      "approve approves approved approval approvals win wins won winning growth grow grows grew growing profit profits " +
      "profitable profitability gain gains gained gaining climb climbs climbed climbing rise rises rose rising " +
      "advance advances advanced rebound rebounds rebounded rebounding recover recovers recovered recovery exceed " +
      "exceeds exceeded exceeding top tops topped strong stronger strongest robust accelerate accelerates accelerated " +
      "accelerating acceleration expand expands expanded expanding expansion improve improves improved improving " +
      "improvement boost boosts boosted boosting buyback buybacks optimistic optimism success successful successfully " +
      "lucrative thrive thrives thriving solid upbeat upside overweight",
  },
  {
    weight: 0.4,
    words:
      "raise raises raised raising lift lifts lifted increase increases increased increasing higher up positive " +
      "favorable favourable confident confidence partnership partnerships partner partners collaboration award awards " +
      "awarded secure secures secured launch launches launched innovation innovative efficient efficiency milestone " +
      "dividend dividends resilient resilience momentum attractive undervalued opportunity opportunities leading " +
      "leader demand deal deals agreement agreements acquire acquires acquired unveil unveils unveiled progress " +
      "stabilize stabilizes stabilized stable rewarded best good great better benefit benefits benefited eases eased " +
      "resolve resolves resolved settled clearance cleared contract contracts",
  },
  {
    weight: -0.4,
    words:
      "lower lowers lowered down decrease decreases decreased decreasing slow slows slowed slowing soft softer " +
      "softness negative unfavorable unfavourable uncertain uncertainty uncertainties concern concerns concerned " +
      "caution cautious cautions cautioned delay delays delayed delaying challenge challenges challenging pressure " +
      "pressures pressured headwind headwinds risk risks risky volatile volatility dispute disputes disputed cut cuts " +
      "cutting reduce reduces reduced reducing pause pauses paused halt halts halted halting suspend suspends " +
      "suspended suspension expensive overvalued worry worries worried costly underweight tension tensions tariff " +
      "tariffs shortage shortages bad worse trim trims trimmed dilution dilutive lag lags lagged lagging restructuring",
  },
  {
    weight: -0.6,
    words:
      "fall falls fell falling drop drops dropped dropping decline declines declined declining slip slips slipped " +
      "slipping slide slides slid sliding sink sinks sank sinking dip dips dipped retreat retreats retreated loss " +
      "losses lose loses lost losing weak weaker weakest weaken weakens weakened weakness deteriorate deteriorates " +
      "deteriorated deterioration shrink shrinks shrank shrinking contraction layoff layoffs recall recalls recalled " +
      "fine fined fines penalty penalties probe probes probed investigation investigations investigate investigated " +
      "sue sues sued suing lawsuit lawsuits litigation subpoena subpoenas breach breaches breached hack hacked outage " +
      "outages strike strikes boycott boycotts resign resigns resigned resignation pessimistic pessimism disappoint " +
      "disappoints disappointed disappointing disappointment fail fails failed failing failure failures reject rejects " +
      "rejected rejection writedown writedowns writeoff impairment impairments deficit downturn shortfall downside " +
      "bearish warn warns warned warning warnings fears fear worst terminate terminates terminated",
  },
  {
    weight: -0.8,
    words:
      "miss misses missed missing downgrade downgrades downgraded downgrading tumble tumbles tumbled tumbling slump " +
      "slumps slumped slumping underperform underperforms underperformed selloff sell-off slash slashes slashed " +
      "slashing recession crisis accuse accuses accused allegation allegations alleged misconduct delist delists " +
      "delisted delisting sanction sanctions sanctioned ban bans banned scandal scandals restatement restate restates " +
      "restated violation violations violated indicted indictment charged",
  },
  {
    weight: -1,
    words:
      "plunge plunges plunged plunging crash crashes crashed crashing plummet plummets plummeted plummeting collapse " +
      "collapses collapsed collapsing bankrupt bankruptcy bankruptcies insolvent insolvency fraud frauds fraudulent " +
      "default defaults defaulted defaulting ponzi embezzlement meltdown wipeout catastrophic disaster disastrous",
  },
];
