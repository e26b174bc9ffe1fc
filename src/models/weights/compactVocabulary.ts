/** The rows of the word-embedding table that a training run loads: those of the ids that its sentences use. */
export interface CompactVocabulary {
  /** The ids in ascending order: row r of the compact table is the embedding of id `ids[r]`. */
  readonly ids: Int32Array;
  /** The row of each id of the whole vocabulary, −1 if it is not loaded. */
  readonly rowOf: Int32Array;
}

export function compactVocabulary(used: Iterable<number>, vocabularySize: number): CompactVocabulary {
  const ids = Int32Array.from(new Set(used)).sort();
  const rowOf = new Int32Array(vocabularySize).fill(-1);
  ids.forEach((id, row) => {
    rowOf[id] = row;
  });
  return { ids, rowOf };
}
