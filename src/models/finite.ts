import { notFinite } from "./errors.js";

/**
 * Throws if a value is NaN or infinite, and returns the values otherwise.
 *
 * @param where the folder or file of the model
 * @throws NeriumError MODEL_NOT_FINITE
 */
export function requireFinite<T extends Float32Array>(values: T, where: string): T {
  // 0 times a value is 0, or NaN if the value is not finite; a sum keeps NaN.
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! * 0;
  if (sum !== 0) throw notFinite(where);
  return values;
}
