import { formatUnknown } from "../errors.js";
import { brat } from "./brat/brat.js";
import { conll } from "./columns/conll.js";
import { conllu } from "./columns/conllu.js";
import { conlluPlus } from "./columns/conlluPlus.js";
import { csv } from "./columns/csv.js";
import { csvLists } from "./columns/csvLists.js";
import { joined } from "./columns/joined.js";
import { readOnly } from "./errors.js";
import { type Format, isWritable, type WritableFormat } from "./format.js";
import { argilla } from "./json/argilla.js";
import { doccano } from "./json/doccano.js";
import { gliner } from "./json/gliner.js";
import { groundTruth } from "./json/groundTruth.js";
import { jsonLines } from "./json/jsonLines.js";
import { labelStudio } from "./json/labelStudio.js";
import { labelStudioMin } from "./json/labelStudioMin.js";
import { spans } from "./json/spans.js";
import { ubiai } from "./json/ubiai.js";
import { vertex } from "./json/vertex.js";
import { docBin } from "./spacy/docBin.js";
import { spacy } from "./spacy/spacy.js";
import { spacyEntities } from "./spacy/spacyEntities.js";
import { i2b2 } from "./standoff/i2b2.js";
import { pubTator } from "./standoff/pubTator.js";
import { wordSpans } from "./standoff/wordSpans.js";
import { arrow } from "./tables/arrow.js";
import { parquet } from "./tables/parquet.js";
import { uimaCas } from "./webanno/uimaCas.js";
import { webAnnoTsv } from "./webanno/webAnnoTsv.js";

/**
 * All formats. A file has the first format whose `detect` returns true; the last two accept the files that
 * are left.
 */
export const formats: readonly Format[] = [
  parquet,
  arrow,
  docBin,
  brat,
  i2b2,
  webAnnoTsv,
  uimaCas,
  pubTator,
  conlluPlus,
  conllu,
  csvLists,
  csv,
  labelStudio,
  spacy,
  argilla,
  groundTruth,
  vertex,
  ubiai,
  gliner,
  spans,
  doccano,
  spacyEntities,
  labelStudioMin,
  wordSpans,
  joined,
  jsonLines,
  conll,
];

/** The formats that can be written. */
export const writableFormats: readonly WritableFormat[] = formats.filter(isWritable);

/**
 * Returns the format with this name.
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

/**
 * Returns the format that can be written and has this name.
 *
 * @throws NeriumError DATA_FORMAT_UNKNOWN, DATA_FORMAT_READ_ONLY
 */
export function writableNamed(name: string): WritableFormat {
  const format = formatNamed(name);
  if (isWritable(format)) return format;
  throw readOnly(
    name,
    writableFormats.map((each) => each.name),
  );
}
