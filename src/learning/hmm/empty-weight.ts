/** A state to which fewer rows than this belong, all added up, is empty: there is nothing to estimate it from. */
export const emptyWeight = 1e-10;
