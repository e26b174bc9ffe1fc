import { limits } from "../limits.js";
import { textTooLong } from "./errors.js";

/**
 * Checks that a text is short enough to be read.
 *
 * @param where its place, for the error
 * @throws NeriumError TEXT_TOO_LONG
 */
export function checkTextLength({ length }: { readonly length: number }, where: string): void {
  if (length > limits.textUnits) throw textTooLong(where);
}
