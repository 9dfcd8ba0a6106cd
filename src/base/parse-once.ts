/**
 * For a zod schema that meets one value: zod writes and compiles a function for every object of a schema on its first use, which
 * takes as long as checking thousands of values. Messages that keep coming do without this.
 */
export const parseOnce = { jitless: true } as const;
