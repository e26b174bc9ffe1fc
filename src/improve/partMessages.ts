import { severalDocuments } from "../data/index.js";
import type { TrainListener } from "../run/driveRun.js";
import type { Dataset, Sentence } from "../text/index.js";

/** A file that a command has written, with some sentences of the data, one per line. */
export interface PartFile {
  readonly file: string;
  readonly sentences: readonly Sentence[];
}

/**
 * Returns a listener to runs on parts of the data whose warnings name the data instead of the files of the parts. Notes on how a part
 * is read are left out: whoever read the data got them with the right places.
 */
export const aboutData =
  (data: Dataset, parts: readonly PartFile[], listener: TrainListener): TrainListener =>
  (event) => {
    if (event.type !== "warning") return listener(event);
    const { code } = event;
    if (code === "DATA_NOTE") return undefined;
    const isWhole = code === "CONTEXT_NO_DOCUMENTS" && !severalDocuments(data.sentences);
    const name = isWhole ? data.file : `A part of ${data.file}`;
    const message = parts.reduce((text, part) => named(text, part, data.file, name), event.message);
    return listener({ ...event, message });
  };

function named(text: string, { file, sentences }: PartFile, dataFile: string, name: string): string {
  const [first, ...rest] = text.split(file);
  const after = rest.map((part) => {
    const [place, line] = /^:(\d+)/.exec(part) ?? [];
    const found = place === undefined ? undefined : sentences[Number(line) - 1];
    return found === undefined
      ? name + part
      : `${found.file ?? dataFile}:${found.line}${part.slice(place!.length)}`;
  });
  return [first, ...after].join("");
}
