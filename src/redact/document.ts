import type { Entity } from "../infer/index.js";
import type { Finder } from "./finder.js";
import type { Finding } from "./finding.js";
import { type Block, type BlockReader, type LeftText, type TextPiece, textOf } from "./formats/block.js";
import type { Numbering } from "./operators/numbering.js";
import type { Replacer } from "./operators/replacer.js";
import { trimmed } from "./resolve.js";

/** Something that was found and replaced. */
export interface RedactedEntity {
  /** What it is, such as `PERSON` or `CREDIT_CARD`. */
  readonly type: string;
  /**
   * Where it was in the input, in UTF-16 units. In a value that the format writes in another way, such as a JSON text
   * with escapes: where the value was.
   */
  readonly start: number;
  readonly end: number;
  /** How probable it is, from 0 to 1. */
  readonly score: number;
  /** What found it: `model`, or the name of a recogniser. */
  readonly recogniser: string;
  /** What is in its place. */
  readonly replacement: string;
}

/** Finds the entities of texts, as a model does. */
export interface TextReader {
  /** The labels of the model, if they are known. */
  readonly labels?: readonly string[];
  analyze(
    texts: readonly string[],
    options: { readonly threshold: number; readonly signal: AbortSignal | undefined },
  ): Promise<readonly { readonly entities: readonly Entity[] }[]>;
}

/** What turns the texts of a document into others. */
export interface Rewriter {
  /** The model that reads prose, if there is one. */
  readonly ner: TextReader | undefined;
  readonly threshold: number;
  readonly signal: AbortSignal | undefined;
  readonly finder: Finder;
  readonly replacer: Replacer;
}

/** Called for what a document has. */
export interface DocumentListener {
  /** For each replacement, in order. */
  readonly onEntity: (entity: RedactedEntity) => void;
  /** For each number and each key of JSON in which patterns find something: they stay. */
  readonly onLeft?: ((kind: LeftText["kind"]) => void) | undefined;
}

/** Blocks that are read at once, and their UTF-16 units: enough for full batches of the model. */
const BLOCKS_AT_ONCE = 2048;
const UNITS_AT_ONCE = 65_536;

/**
 * Yields a document with what was found replaced. While the model reads some blocks, the patterns read the same, and the
 * next blocks are fetched.
 */
export async function* rewritten(
  parts: AsyncIterable<string>,
  read: BlockReader,
  rewriter: Rewriter,
  numbering: Numbering,
  { onEntity, onLeft }: DocumentListener,
): AsyncGenerator<string, void, undefined> {
  const writer = new Writer(rewriter, numbering, onEntity);
  let previous: Promise<Found[]> | undefined;
  try {
    for await (const group of groupsOf(read(parts))) {
      rewriter.signal?.throwIfAborted();
      const next = foundIn(group, rewriter, onLeft);
      // The error is thrown where the result is awaited.
      next.catch(() => {});
      if (previous !== undefined) yield writer.written(await previous);
      previous = next;
    }
    if (previous !== undefined) yield writer.written(await previous);
  } finally {
    await previous?.catch(() => {});
  }
}

async function* groupsOf(blocks: AsyncIterable<Block>): AsyncGenerator<Block[], void, undefined> {
  let group: Block[] = [];
  let units = 0;
  for await (const block of blocks) {
    group.push(block);
    for (const { raw } of block.pieces) units += raw.length;
    if (group.length < BLOCKS_AT_ONCE && units < UNITS_AT_ONCE) continue;
    yield group;
    group = [];
    units = 0;
  }
  if (group.length > 0) yield group;
}

interface Found {
  readonly block: Block;
  readonly text: string;
  readonly findings: readonly Finding[];
}

async function foundIn(
  group: readonly Block[],
  rewriter: Rewriter,
  onLeft: DocumentListener["onLeft"],
): Promise<Found[]> {
  const { ner, threshold, signal, finder } = rewriter;
  const texts = group.map(textOf);
  const prose = texts.flatMap((text, index) =>
    ner !== undefined && group[index]!.isProse && /\p{L}/u.test(text) ? [index] : [],
  );
  const reading =
    prose.length === 0
      ? []
      : ner!.analyze(
          prose.map((index) => texts[index]!),
          { threshold, signal },
        );
  // The model computes in other threads meanwhile.
  const patterns = await allPatterns(group, texts, rewriter, onLeft);
  const entities = new Map((await reading).map((analysis, at) => [prose[at]!, analysis.entities]));
  return group.map((block, index) => {
    const text = texts[index]!;
    return { block, text, findings: finder.joined(text, patterns[index]!, entities.get(index) ?? []) };
  });
}

/** UTF-16 units after which other work of this thread has a turn: some 20 ms. */
const UNITS_IN_TURN = 16_384;

/** Lets the model begin before this thread is busy, and others have their turns. */
async function allPatterns(
  group: readonly Block[],
  texts: readonly string[],
  { finder, signal }: Rewriter,
  onLeft: DocumentListener["onLeft"],
): Promise<Finding[][]> {
  const found: Finding[][] = [];
  let units = UNITS_IN_TURN;
  for (const [index, text] of texts.entries()) {
    if (units >= UNITS_IN_TURN) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      units = 0;
    }
    const { context, left = [] } = group[index]!;
    found.push(finder.patterns(text, context));
    units += text.length;
    if (onLeft === undefined) continue;
    for (const each of left) {
      if (finder.finds(each.text, each.context)) onLeft(each.kind);
      units += each.text.length;
    }
  }
  return found;
}

class Writer {
  /** UTF-16 units of the document that are done. */
  private done = 0;

  constructor(
    private readonly rewriter: Rewriter,
    private readonly numbering: Numbering,
    private readonly onEntity: (entity: RedactedEntity) => void,
  ) {}

  written(all: readonly Found[]): string {
    let output = "";
    for (const { block, text, findings } of all) {
      let at = 0;
      let next = 0;
      for (const piece of block.pieces) {
        if (piece.kind === "fixed") {
          output += piece.raw;
          at += piece.reads.length;
        } else if (piece.kind === "aside") {
          output += this.piece(
            piece,
            this.rewriter.finder.joined(piece.text, this.aside(piece, block), []),
            0,
          );
        } else {
          const end = at + piece.text.length;
          const inside: Finding[] = [];
          for (; next < findings.length && findings[next]!.start < end; next++) {
            const part = within(text, findings[next]!, at, end);
            if (part !== undefined) inside.push(part);
            // A finding may go on in the next piece.
            if (findings[next]!.end > end) break;
          }
          output += this.piece(piece, inside, at);
          at = end;
        }
        this.done += piece.raw.length;
      }
    }
    return output;
  }

  private aside({ text }: TextPiece, { context }: Block): Finding[] {
    return this.rewriter.finder.patterns(text, context);
  }

  /** @param offset where the piece begins in the text of the findings */
  private piece(piece: TextPiece, findings: readonly Finding[], offset: number): string {
    let output = "";
    let from = 0;
    let changed = false;
    for (const finding of findings) {
      const [start, end] = [finding.start - offset, finding.end - offset];
      const original = piece.text.slice(start, end);
      const replacement = this.rewriter.replacer.replacement(finding, original, this.numbering);
      output += piece.text.slice(from, start) + replacement;
      from = end;
      changed ||= replacement !== original;
      const isAsWritten = piece.raw === piece.text;
      this.onEntity({
        type: finding.type,
        start: this.done + (isAsWritten ? start : 0),
        end: this.done + (isAsWritten ? end : piece.raw.length),
        ...{ score: finding.score, recogniser: finding.recogniser, replacement },
      });
    }
    return changed ? piece.encode(output + piece.text.slice(from)) : piece.raw;
  }
}

/** Cuts a finding at the ends of a piece. */
function within(text: string, finding: Finding, start: number, end: number): Finding | undefined {
  if (finding.start >= start && finding.end <= end) return finding;
  const part = {
    ...finding,
    start: Math.max(start, finding.start),
    end: Math.min(end, finding.end),
    value: undefined,
  };
  return part.end > part.start ? trimmed(text, part) : undefined;
}
