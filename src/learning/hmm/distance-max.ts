/** Squared distances from a mean stop here, so that a monstrous value is very unlikely and not minus infinity. */
export const distanceMax = 1e300;
