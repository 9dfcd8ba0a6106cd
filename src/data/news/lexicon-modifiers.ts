const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Words that turn what follows into its opposite. */
export const negations = set(
  "not no never neither nor without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't hasn't " +
    "haven't hadn't shouldn't wouldn't couldn't hardly scarcely barely unlikely avoids avoided " +
    "avoid averts averted avert despite",
);

/** Words that make what stands next to them weigh more. */
export const intensifiers = set(
  "sharply significantly strongly hugely massive massively huge dramatically steeply heavily extremely very highly " +
    "greatly substantially severely record deeply severe major historic unprecedented",
);

/** Words that make what stands next to them weigh less. */
export const dampeners = set(
  "slightly modestly somewhat marginally mildly little bit slight modest minor mild partially partly may might could " +
    "possible possibly potential potentially rumored reportedly denies denied deny",
);
