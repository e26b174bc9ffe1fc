/** Returns the text with a mark for each letter and digit. Spaces and punctuation stay. */
export function masked(text: string, character = "*", keepLast = 0): string {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  let left = letters - keepLast;
  // Accents that are characters of their own belong to the letter before.
  return text.replace(/[\p{L}\p{N}]\p{M}*/gu, (letter) => (left-- > 0 ? character : letter));
}
