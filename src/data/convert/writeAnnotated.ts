import { prepareOutputFile, refuseInputs, writeFilesInto } from "../../files/index.js";
import type { Sentence, TagScheme } from "../../text/sentence.js";
import type { TextDocument } from "../../text/textDocument.js";
import type { WritableFormat } from "../formats/format.js";
import { writableNamed } from "../formats/index.js";
import { toTexts } from "../spans/shapes.js";
import { formatFor, isFolder, isForWords, requireFree, writeParts, writtenAs } from "./convert.js";
import { noCounts } from "./losses.js";

/** Where to write annotated sentences, and how. */
export interface WriteAnnotatedOptions {
  /** Name of the format. Defaults to the one that the extension of the output stands for. */
  readonly to?: string | undefined;
  /** Replace the output if it exists. */
  readonly force: boolean;
  /** The file or folder that the sentences come from. */
  readonly input: string;
  /** Further files that must not be replaced. */
  readonly others?: readonly string[];
}

/**
 * Checks the output of {@link writeAnnotated} before hours of work, and returns its format.
 *
 * @throws NeriumError DATA_FORMAT_UNKNOWN, DATA_FORMAT_UNCLEAR, DATA_OUTPUT_EXISTS, `FILES_…`
 */
export async function checkAnnotated(
  output: string,
  { to, force, input, others = [] }: WriteAnnotatedOptions,
): Promise<WritableFormat> {
  const format = to === undefined ? formatFor(output) : writableNamed(to);
  await requireFree(input, output, { kind: isFolder(format) ? "folder" : "file", force });
  await refuseInputs([output], [input, ...others]);
  return format;
}

/**
 * Writes sentences in any format, completely or not at all. In formats of texts, each sentence is a text, whose id is its place
 * if the format has ids.
 *
 * @throws NeriumError DATA_FORMAT_UNKNOWN, DATA_FORMAT_UNCLEAR, DATA_OUTPUT_EXISTS, `FILES_…`
 */
export async function writeAnnotated(
  output: string,
  sentences: readonly Sentence[],
  scheme: TagScheme,
  options: WriteAnnotatedOptions,
): Promise<void> {
  const { force, input, others = [] } = options;
  const format = await checkAnnotated(output, options);
  const parts = isForWords(format)
    ? format.write(sentences, {})
    : writtenAs(
        format,
        { shape: "texts", documents: textsOf(sentences, scheme, input) },
        { file: input, report: () => {}, counts: noCounts() },
      );
  if (isFolder(format))
    return writeFilesInto(output, (folder) => writeParts(folder, format, parts), {
      writer: "convert",
      replace: force,
      inputs: [input, ...others],
    });
  await prepareOutputFile(output, [input, ...others]);
  await writeParts(output, format, parts);
}

const textsOf = (sentences: readonly Sentence[], scheme: TagScheme, input: string): TextDocument[] =>
  [...toTexts(sentences, scheme, "sentence")].map((document) => ({
    ...document,
    id: `${document.file ?? input}:${document.line}`,
  }));
