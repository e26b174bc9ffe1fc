/** The upper of the two in the middle, if there are two. */
export function median(numbers: readonly number[]): number {
  const middle = numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}
