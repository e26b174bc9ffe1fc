import type { Sentence } from "../../../text/sentence.js";
import { cannotHold, type Missing, tableColumnsMissing } from "../../errors.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { FormatOptions, WordsFormat } from "../format.js";
import { placeOf, separated } from "../writing.js";
import { type ConlluColumns, conlluSentences } from "./conlluSentences.js";

const NAMES = ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"];
const MISC = NAMES.length - 1;

/**
 * CoNLL-U: ten columns, separated by single tabs. Words are in FORM; tags are in MISC, as `NE=B-PER`, under
 * another key in use, or bare. A word without a tag is outside of entities. If no word has a tag, sentences have
 * none. Lines of multi-word tokens (`3-4`) and empty nodes (`3.1`) are skipped. `# newdoc` begins a document.
 *
 * https://universaldependencies.org/format.html
 */
export const conllu: WordsFormat = {
  name: "conllu",
  title: "CoNLL-U, entities in MISC",
  extensions: [".conllu"],
  holds: { shape: "words" },
  linesOfWords: true,
  detect({ text }) {
    const line = text.split(/\r?\n/).find((each) => each.trim() !== "" && !each.startsWith("#"));
    const cells = line?.split("\t") ?? [];
    return (
      cells.length === NAMES.length && /^\d+(?:[-.]\d+)?$/.test(cells[0]!) && /^(?:\d+|_)$/.test(cells[6]!)
    );
  },
  read({ lines, file }, options, leftOut) {
    let columns: ConlluColumns | undefined;
    return {
      shape: "words",
      sentences: again(function* () {
        columns ??= columnsOf(lines, file, options);
        yield* conlluSentences(lines, file, columns, leftOut);
      }),
    };
  },
  *write(sentences) {
    for (const { sentence, begins } of separated(sentences)) {
      if (begins) yield { content: "# newdoc\n" };
      yield { content: `${linesOf(sentence).join("\n")}\n\n` };
    }
  },
};

function linesOf(sentence: Sentence): string[] {
  return sentence.words.map((word, index) => {
    const tag = sentence.tags[index];
    const wrong = [/[\t\r\n]/.test(word) ? word : undefined, /[\t\r\n|]/.test(tag ?? "") ? tag : undefined];
    const [text] = wrong.filter((each) => each !== undefined);
    if (text !== undefined)
      throw cannotHold("CoNLL-U", "tabs, line breaks, and | in tags", text, placeOf(sentence));
    return [index + 1, word, ..."_______", tag === undefined ? "_" : `NE=${tag}`].join("\t");
  });
}

/** Keys of MISC that hold tags, in lower case. Under the last ones, only what looks like a tag is one. */
const KEYS = ["ne", "ner", "ne_tag", "ner_tag", "netag", "nertag", "named_entity", "iob", "bio", "bilou"];
const COMMON_KEYS = ["name", "tag", "entity"];
const isTag = (text: string): boolean => /^(?:O|[BIESLUMW](?:-.+)?)$/s.test(text);

function columnsOf(lines: Iterable<Line>, file: string, options: FormatOptions): ConlluColumns {
  const { tokenColumn, tagColumn, onNote } = options;
  const form = typeof tokenColumn === "number" ? tokenColumn : NAMES.indexOf(tokenColumn ?? "FORM");
  const missing: Missing[] =
    NAMES[form] === undefined ? [{ what: "words", tried: [String(tokenColumn)] }] : [];
  const shared = { names: NAMES, id: 0, form };
  const tag = typeof tagColumn === "number" ? tagColumn : NAMES.indexOf(tagColumn ?? "");
  if (missing.length === 0 && tag >= 0 && tag < MISC) return { ...shared, tag, tagOf: (cell) => cell };
  const { key, keys } = keyIn(lines, typeof tagColumn === "string" ? tagColumn : undefined);
  if (tagColumn !== undefined && key === undefined && !(tag >= 0 && tag < MISC))
    missing.push({ what: "tags", tried: [tagColumn] });
  if (missing.length > 0) throw tableColumnsMissing(file, missing, [...NAMES, ...keys]);
  if (key !== undefined) {
    onNote?.(`${file}: tags are read from MISC${key === "" ? "" : `, where they follow ${key}=`}.`);
    return {
      ...shared,
      tag: MISC,
      tagOf: (cell) => tagUnder(key, cell) ?? "O",
      othersIn: (cell) => othersIn(cell, key),
    };
  }
  onNote?.(
    `${file}: MISC has no tags of entities, so sentences have no tags. Its keys are: ${keys.slice(0, 8).join(", ") || "none"} (option tagColumn).`,
  );
  return { ...shared, tag: -1, tagOf: () => "O" };
}

/** Returns the key that MISC has for tags; an empty one if tags are bare. Reads on until there is one. */
function keyIn(lines: Iterable<Line>, asked: string | undefined) {
  const keys = new Set<string>();
  for (const { text } of lines) {
    if (text.startsWith("#")) continue;
    const misc = text.split("\t")[MISC] ?? "_";
    if (misc === "_") continue;
    for (const { key, value } of entriesOf(misc)) {
      const name = key.toLowerCase();
      const isKey =
        asked === undefined
          ? KEYS.includes(name) || ((key === "" || COMMON_KEYS.includes(name)) && isTag(value))
          : key === asked;
      if (isKey) return { key, keys: [...keys] };
      if (key !== "") keys.add(key);
    }
  }
  return { key: undefined, keys: [...keys] };
}

const entriesOf = (misc: string) =>
  misc.split("|").map((entry) => {
    const equals = entry.indexOf("=");
    return { key: entry.slice(0, Math.max(0, equals)), value: entry.slice(equals + 1) };
  });

/** Returns the entries of MISC besides the tag, by their keys. */
const othersIn = (misc: string, tagKey: string): string[] =>
  misc === "_"
    ? []
    : entriesOf(misc)
        .filter(({ key, value }) => key !== tagKey || (key === "" && !isTag(value)))
        .map(({ key, value }) => `${key === "" ? value : key} in MISC`);

const tagUnder = (key: string, misc: string): string | undefined =>
  entriesOf(misc).find((entry) => entry.key === key && (key !== "" || isTag(entry.value)))?.value;
