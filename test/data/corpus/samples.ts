/** A sentence with entities, from which the files of the corpus are made. */
export interface Sample {
  readonly words: readonly string[];
  /** In IOB2. */
  readonly tags: readonly string[];
}

export const sample = (text: string, tags: string): Sample => ({
  words: text.split(" "),
  tags: tags.split(" "),
});

/** What all files of the corpus contain, unless they are odd. */
export const SAMPLES: readonly Sample[] = [
  sample("Ada Lovelace lives in Turin .", "B-PER I-PER O O B-LOC O"),
  sample("Acme hired Bo .", "B-ORG O B-PER O"),
  sample("The Bank of Rome grew .", "O B-ORG I-ORG I-ORG O O"),
  sample("Nothing happened here .", "O O O O"),
];

export interface Span {
  readonly type: string;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** A sample as a text with spans: its words with spaces between them. */
export function textOf({ words, tags }: Sample): { readonly text: string; readonly spans: readonly Span[] } {
  const spans: { type: string; start: number; end: number }[] = [];
  let at = 0;
  words.forEach((word, index) => {
    const tag = tags[index]!;
    if (tag.startsWith("B")) spans.push({ type: tag.slice(2), start: at, end: at + word.length });
    if (tag.startsWith("I")) spans.at(-1)!.end = at + word.length;
    at += word.length + 1;
  });
  return { text: words.join(" "), spans };
}

/** The entities of a sentence with tags in IOB2, or of class labels: `PER Ada Lovelace`. */
export function entitiesOf({ words, tags }: Sample): string[] {
  const found: { type: string; words: string[] }[] = [];
  tags.forEach((tag, index) => {
    const before = tags[index - 1];
    const [, prefix = "I", type = tag] = /^([BI])-(.+)$/s.exec(tag) ?? [];
    if (tag === "O" || tag === "-100") return;
    const goesOn = prefix === "I" && before?.replace(/^[BI]-/, "") === type;
    if (goesOn) found.at(-1)!.words.push(words[index]!);
    else found.push({ type, words: [words[index]!] });
  });
  return found.map(({ type, words }) => `${type} ${words.join(" ")}`);
}
