/** A part of a document that is written as it is. */
export interface FixedPiece {
  readonly kind: "fixed";
  readonly raw: string;
  /** What stands for it in the text that is read: a tag between two words reads as nothing, between lines as a break. */
  readonly reads: string;
}

/** A part of a document that is text. */
export interface TextPiece {
  /** A text `aside`, such as the address of a link, is read on its own and by patterns alone. */
  readonly kind: "text" | "aside";
  /** As it is in the document. */
  readonly raw: string;
  readonly text: string;
  /** Writes a text as the document has to have it. */
  readonly encode: (text: string) => string;
}

export type Piece = FixedPiece | TextPiece;

/** A number or a key. It stays as it is, whatever patterns find in it. */
export interface LeftText {
  readonly kind: "number" | "key";
  readonly text: string;
  readonly context: string;
}

/** A part of a document that is read as one text: a section, a cell, a value. */
export interface Block {
  readonly pieces: readonly Piece[];
  /** Words that belong to the text and tell what it is, such as the name of its column. */
  readonly context: string;
  /** Whether the model reads it, too. */
  readonly isProse: boolean;
  /** What the fixed pieces have that patterns could find. */
  readonly left?: readonly LeftText[];
}

const asIs = (text: string): string => text;

export const fixed = (raw: string, reads = ""): FixedPiece => ({ kind: "fixed", raw, reads });

export const plain = (text: string): TextPiece => ({ kind: "text", raw: text, text, encode: asIs });

/** The text that is read: what the pieces say, without what stands aside. */
export const textOf = ({ pieces }: Block): string =>
  pieces
    .map((piece) => (piece.kind === "fixed" ? piece.reads : piece.kind === "text" ? piece.text : ""))
    .join("");

/** Cuts a document into blocks, as its parts arrive. Where it is cut does not depend on the parts. */
export type BlockReader = (parts: AsyncIterable<string>) => AsyncGenerator<Block, void, undefined>;
