/**
 * Returns a 53-bit hash of texts: cyrb53,
 * https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js
 *
 * In fewer than 1 of 100 runs over ten million sentences, two different ones have the same hash.
 */
export function sentenceHash(texts: readonly string[]): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const text of texts) {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    // Marks the end of a text, so that ["ab"] and ["a", "b"] have different hashes.
    a = Math.imul(a ^ 0x10000, 2654435761);
    b = Math.imul(b ^ 0x10000, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
