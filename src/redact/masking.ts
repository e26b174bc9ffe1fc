import { entitySpans, type MaskingScores, maskingScores, type TextSpan } from "../evaluate/index.js";
import type { FolderEvaluation } from "../infer/index.js";
import { Finder } from "./finder.js";
import { redactSettings } from "./options.js";

/** How much of the annotated text is masked if the model is joined with patterns, as in `redact`. */
export async function maskingOf({
  data,
  gold,
  predicted,
}: Pick<FolderEvaluation, "data" | "gold" | "predicted">): Promise<MaskingScores> {
  const finder = await Finder.load(redactSettings("evaluate", {}), false);
  return maskingScores(
    data.sentences.map(({ words }, index) => {
      const text = words.join(" ");
      const starts: number[] = [];
      words.reduce((at, word) => {
        starts.push(at);
        return at + word.length + 1;
      }, 0);
      const spans = (tags: readonly string[]): TextSpan[] =>
        entitySpans(tags).map(({ type, start, end }) => ({
          type,
          start: starts[start]!,
          end: starts[end - 1]! + words[end - 1]!.length,
        }));
      const entities = spans(predicted[index]!).map((span) => ({
        ...span,
        score: 1,
        text: text.slice(span.start, span.end),
        words: [],
      }));
      return {
        text,
        gold: spans(gold[index]!),
        masked: finder.joined(text, finder.patterns(text, ""), entities),
      };
    }),
  );
}
