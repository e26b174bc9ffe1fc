import type { FormatOptions } from "../../../src/data/formats/format.js";
import { openContent } from "../../../src/data/read/open.js";
import { bytesSource } from "../../../src/data/read/source.js";
import { readTags } from "../../../src/data/tags/readTags.js";
import type { Sentence } from "../../../src/text/sentence.js";

/** A file that was read, with what was said about it. */
export interface Corpus {
  readonly format: string;
  /** With tags in IOB2, or class labels. */
  readonly sentences: readonly Sentence[];
  /** Without the name of the file, and without what is said about the tags as a whole. */
  readonly notes: readonly string[];
}

/** Reads one file of words and tags. */
export async function corpus(file: string, text: string, options: FormatOptions = {}): Promise<Corpus> {
  const notes = new Set<string>();
  const { content, format } = await openContent(bytesSource({ [file]: Buffer.from(text) }, file), {
    ...options,
    onNote: (note) => notes.add(note.startsWith(`${file}: `) ? note.slice(file.length + 2) : note),
  });
  if (content.shape === "texts") throw new Error(`${format.name} gives texts`);
  const data = { file, linesOfWords: true };
  const { sentences } = readTags(data, content.sentences, { badTags: "O" });
  return { format: format.name, sentences: [...sentences], notes: [...notes] };
}

/** Returns the error that reading one file throws. */
export async function failure(file: string, text: string, options: FormatOptions = {}) {
  try {
    await corpus(file, text, options);
  } catch (error) {
    return error as { code: string; where: string; message: string; remedy: string };
  }
  return { code: "nothing thrown", where: "", message: "", remedy: "" };
}
