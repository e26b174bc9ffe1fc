import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { limits } from "../../limits.js";
import { tokenizerInvalid, tokenizerUnsupported } from "../errors.js";
import {
  type ModelProto,
  type ModelProto_SentencePiece,
  ModelProtoSchema,
  TrainerSpec_ModelType,
  ModelProto_SentencePiece_Type as Type,
} from "./sentencepiece_model_pb.js";

/** What a tokenizer needs of a SentencePiece model. */
export interface SentencePieceModel {
  /** The index of a piece is its id. */
  readonly pieces: readonly Piece[];
  /** Id of the piece for unknown characters. */
  readonly unknown: number;
  /** Compiled normalization rules; empty for `identity`. */
  readonly charsmap: Uint8Array;
  /** True if an unknown character becomes one piece per byte. */
  readonly byteFallback: boolean;
}

export interface Piece {
  readonly text: string;
  /** Log probability. */
  readonly score: number;
  /** `control` pieces are never found in a text, `symbol` pieces are found before all others. */
  readonly role: "control" | "symbol" | "other";
}

/** UTF-16 units of a piece. SentencePiece's trainer allows 16 characters, and more for symbols that users define. */
const LONGEST_PIECE = 1000;

/**
 * Reads a SentencePiece model of the type Unigram.
 *
 * @throws NeriumError TOKENIZE_FILE_INVALID, TOKENIZE_UNSUPPORTED
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function sentencePieceModel(bytes: Uint8Array, file: string): SentencePieceModel {
  requireSize(bytes, file);
  const proto = parsed(bytes, file);
  const { trainerSpec: trainer, normalizerSpec: normalizer } = proto;
  const type = trainer?.modelType ?? TrainerSpec_ModelType.UNIGRAM;
  if (type !== TrainerSpec_ModelType.UNIGRAM)
    throw tokenizerUnsupported(file, `the SentencePiece type ${TrainerSpec_ModelType[type]}`);
  if (trainer?.treatWhitespaceAsSuffix) throw tokenizerUnsupported(file, "spaces at the end of pieces");
  if (normalizer?.escapeWhitespaces === false)
    throw tokenizerUnsupported(file, "spaces that are not written as ▁");
  requirePieces(proto.pieces, file);
  const unknown = trainer?.unkId ?? 0;
  if (proto.pieces[unknown]?.type !== Type.UNKNOWN)
    throw tokenizerInvalid(file, "it has no piece for unknown characters");
  return {
    pieces: proto.pieces.map(({ piece, score, type }) => ({ text: piece, score, role: roleOf(type) })),
    unknown,
    charsmap: normalizer?.precompiledCharsmap ?? new Uint8Array(),
    byteFallback: trainer?.byteFallback ?? false,
  };
}

/** Number of the field of a piece. */
const PIECE = 1;

/** Refuses a file of too many parts before they become objects: an empty piece has two bytes. */
function requireSize(bytes: Uint8Array, file: string): void {
  const reader = new BinaryReader(bytes);
  let [pieces, settings] = [0, 0];
  try {
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      const start = reader.pos;
      reader.skip(type, field);
      if (field === PIECE) pieces++;
      else settings += reader.pos - start;
      if (pieces > limits.pieces) break;
    }
  } catch (cause) {
    throw tokenizerInvalid(file, "it is not a SentencePiece model", cause);
  }
  if (pieces > limits.pieces) throw tokenizerUnsupported(file, `more than ${limits.pieces} pieces`);
  if (settings > limits.pieceSettingsBytes)
    throw tokenizerUnsupported(file, `settings of more than ${limits.pieceSettingsBytes} bytes`);
}

function parsed(bytes: Uint8Array, file: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw tokenizerInvalid(file, "it is not a SentencePiece model", cause);
  }
}

function requirePieces(pieces: readonly ModelProto_SentencePiece[], file: string): void {
  if (pieces.length === 0) throw tokenizerInvalid(file, "it has no pieces");
  const seen = new Set<string>();
  for (const [id, { piece, score }] of pieces.entries()) {
    const fail = (what: string) => tokenizerInvalid(file, `piece ${id} ${what}`);
    if (piece === "") throw fail("is empty");
    if (piece.length > LONGEST_PIECE) throw fail("is too long");
    if (!Number.isFinite(score)) throw fail("has no valid score");
    if (seen.has(piece)) throw fail(`is the same as another: ${JSON.stringify(piece.slice(0, 40))}`);
    seen.add(piece);
  }
}

const roleOf = (type: Type): Piece["role"] =>
  type === Type.CONTROL ? "control" : type === Type.USER_DEFINED ? "symbol" : "other";
