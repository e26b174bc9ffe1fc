/** A share as people write it: `10%`. */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))}%`;
