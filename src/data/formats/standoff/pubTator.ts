import type { FiledDocument } from "../../../text/textDocument.js";
import { lineInvalid } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { ReadFormat } from "../format.js";

const TEXT = /^([^|\t]+)\|([a-z])\|(.*)$/;

const REMEDY =
  "Write ID|t|TITLE, ID|a|ABSTRACT, and a line of ID, START, END, TEXT and TYPE for each entity, with tabs.";

/**
 * PubTator, as BC5CDR, NCBI Disease and MedMentions are distributed: `ID|t|TITLE`, `ID|a|ABSTRACT`, then an entity
 * per line, `ID⇥START⇥END⇥TEXT⇥TYPE⇥CONCEPT`. Title and abstract are one text, with one character between them.
 * Relations are skipped, and a note says how many.
 *
 * https://www.ncbi.nlm.nih.gov/research/pubtator/
 */
export const pubTator: ReadFormat = {
  name: "pubtator",
  title: "PubTator (BC5CDR, NCBI Disease)",
  extensions: [".pubtator", ".txt"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ text }) => /^\s*[^|\t\n]+\|t\|/.test(text),
  read: ({ lines, file }, options, leftOut) =>
    textsContent(
      file,
      again(() => documentsOf(lines, file, leftOut)),
      options.offsets,
      "code-points",
    ),
};

interface Article {
  readonly id: string;
  readonly line: number;
  readonly parts: string[];
  readonly spans: FiledDocument["spans"][number][];
}

function* documentsOf(lines: Iterable<Line>, file: string, leftOut: LeftOut): Generator<FiledDocument> {
  let article: Article | undefined;
  for (const { text, number } of lines) {
    if (text.trim() === "") continue;
    const [, id, kind, content] = TEXT.exec(text) ?? [];
    if (content !== undefined) {
      if (article === undefined || kind === "t" || id !== article.id) {
        if (article !== undefined) yield documentOf(article);
        article = { id: id!, line: number, parts: [], spans: [] };
      }
      article.parts.push(content);
      continue;
    }
    const cells = text.split("\t");
    if (article === undefined || cells[0] !== article.id || cells.length < 4)
      throw lineInvalid(
        file,
        number,
        "The line is neither a text nor an entity of the text above it",
        REMEDY,
      );
    const [, start, end, surface, type, concept] = cells;
    if (!/^\d+$/.test(start!) || !/^\d+$/.test(end!)) {
      leftOut.part("relation");
      continue;
    }
    if (type === undefined || type.trim() === "")
      throw lineInvalid(file, number, "The entity has no type", REMEDY);
    if (concept !== undefined && concept.trim() !== "") leftOut.field("concept");
    article.spans.push({ type: type.trim(), start: Number(start), end: Number(end), surface: surface! });
  }
  if (article !== undefined) yield documentOf(article);
}

function documentOf({ id, line, parts, spans }: Article): FiledDocument {
  const text = parts.slice(1).every((part) => part === "") ? parts[0]! : parts.join("\n");
  return { text, spans, line, id };
}
