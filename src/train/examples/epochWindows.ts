import type { ContextLength, LengthShare } from "../../recipe/contextLengths.js";
import {
  type EncodedSentence,
  type SentenceRange,
  type Window,
  type WindowShape,
  windowsOf,
} from "../../tasks/tokenClassification/index.js";
import { type SpecialIds, specialCount } from "../../tokenize/index.js";
import { TorchGenerator } from "../random.js";
import type { EpochSentences } from "./casedSentences.js";

/** Makes the draws of lengths independent of the order, which depends on seed and epoch alone. */
const LENGTHS = 0x6c656e67;

/**
 * Cuts documents anew in every epoch, counted from 0. For each document a length is drawn according to the
 * shares. The document is then divided into sequences of neighbouring sentences of that length. The sequences
 * do not overlap. Only a sequence that is longer than the model accepts becomes several overlapping windows.
 */
export function drawnWindows(
  sentencesOf: EpochSentences,
  documents: readonly SentenceRange[],
  options: {
    readonly lengths: readonly LengthShare[];
    readonly seed: number;
    readonly shape: WindowShape;
    readonly specialIds: SpecialIds;
  },
): (epoch: number) => readonly Window[] {
  const { lengths, seed, shape, specialIds } = options;
  const special = specialCount(specialIds);
  const separator = shape.separator && specialIds.sep !== undefined;
  return (epoch) => {
    const encoded = sentencesOf(epoch);
    const generator = new TorchGenerator(((seed + epoch) ^ LENGTHS) >>> 0);
    return documents.flatMap((document) =>
      [
        ...sequences(
          encoded,
          document,
          drawn(lengths, generator),
          { ...shape, separator, special },
          generator,
        ),
      ].flatMap((stretch) => windowsOf(encoded, stretch, shape, specialIds)),
    );
  };
}

function drawn(lengths: readonly LengthShare[], generator: TorchGenerator): ContextLength {
  const total = lengths.reduce((sum, { share }) => sum + share, 0);
  let left = generator.uniform() * total;
  for (const { length, share } of lengths) {
    if (left < share) return length;
    left -= share;
  }
  return lengths.at(-1)!.length;
}

/**
 * Divides a document into sequences of neighbouring sentences. A single sentence may be longer than the drawn
 * length.
 */
function* sequences(
  encoded: readonly EncodedSentence[],
  document: SentenceRange,
  length: ContextLength,
  { maxLength, separator, special }: WindowShape & { readonly special: number },
  generator: TorchGenerator,
): Generator<SentenceRange> {
  if (length === "document") return yield document;
  const { least, most: highest } = length;
  const most = () => Math.min(maxLength, least + (generator.random32() % (highest - least + 1)));
  let [start, tokens, limit] = [document.start, special, most()];
  for (let sentence = document.start; sentence < document.end; sentence++) {
    const own = encoded[sentence]!.ids.length;
    const between = sentence > start && separator ? 1 : 0;
    if (sentence > start && tokens + between + own > limit) {
      yield { start, end: sentence };
      [start, tokens, limit] = [sentence, special + own, most()];
    } else tokens += between + own;
  }
  yield { start, end: document.end };
}
