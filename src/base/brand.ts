declare const brand: unique symbol;

/** A nominal type: a `Brand<number, "OrderId">` is a number that no other number can stand in for. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
