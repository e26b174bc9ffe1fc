import { formatUnknown } from "../errors.js";
import type { Format } from "../format.js";
import { arrow } from "./arrow.js";
import { brat } from "./brat.js";
import { conll } from "./conll.js";
import { conlluPlus } from "./conlluPlus.js";
import { csv } from "./csv.js";
import { docBin } from "./docBin.js";
import { doccano } from "./doccano.js";
import { jsonLines } from "./jsonLines.js";
import { labelStudio } from "./labelStudio.js";
import { labelStudioMin } from "./labelStudioMin.js";
import { parquet } from "./parquet.js";
import { spacy } from "./spacy.js";
import { spacyEntities } from "./spacyEntities.js";
import { spans } from "./spans.js";

/** All formats. A file is of the first whose `detect` says so; the last two take what is left. */
export const formats: readonly Format[] = [
  parquet,
  arrow,
  docBin,
  brat,
  conlluPlus,
  csv,
  labelStudio,
  spacy,
  spans,
  doccano,
  spacyEntities,
  labelStudioMin,
  jsonLines,
  conll,
];

/**
 * The format of a name.
 *
 * @throws NeriumError DATA_FORMAT_UNKNOWN
 */
export function formatNamed(name: string): Format {
  const found = formats.find((format) => format.name === name);
  if (found === undefined)
    throw formatUnknown(
      name,
      formats.map((format) => format.name),
    );
  return found;
}
