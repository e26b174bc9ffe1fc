export { type Conversion, type ConvertOptions, convert, requireFree } from "./convert/convert.js";
export { checkAnnotated, type WriteAnnotatedOptions, writeAnnotated } from "./convert/writeAnnotated.js";
export { writeSentences } from "./convert/writeSentences.js";
export { type EditableWords, type EditedFile, requireEditable, wordsIn } from "./edit/editTags.js";
export { areIn, reversed, type Splice, spliced } from "./edit/splice.js";
export { problemText } from "./errors.js";
export { drawnUnits, severalDocuments } from "./formats/writing.js";
export { type InspectOptions, inspectPaths, type PathsReport } from "./inspect/inspectPaths.js";
export {
  type DataSummary,
  dataSummary,
  leakedSentences,
  repeatedSentences,
  SummaryCollector,
} from "./inspect/summary.js";
export { type ComparedData, dataWarnings, type SentenceKey, sentenceKeys } from "./inspect/warnings.js";
export { type DataFacts, type DataPlace, dataFacts, entityTypes, FactsCollector } from "./labels/facts.js";
export { labelList } from "./labels/labelList.js";
export { type LabelMap, relabelled, requireMapped, tagRenaming, typesOf } from "./labels/labelMap.js";
export { inBatches } from "./read/batches.js";
export { concatDatasets } from "./read/concatDatasets.js";
export { dataFilesAt, type Formats, formatOf, withFormat } from "./read/open.js";
export { type OpenWords, openWords } from "./read/openWords.js";
export { READING_OPTIONS } from "./read/optionKinds.js";
export { type PairedPredictions, predictionLines, readPredictions } from "./read/predictions.js";
export { parseDataset, type ReadOptions, readDataset, readFormatted } from "./read/readDataset.js";
export { type ReadingChoices, readingChoices } from "./read/readingChoices.js";
export type { OffsetChoice, OffsetUnit } from "./spans/offsetUnit.js";
export type { SpanPolicy, SpanProblem } from "./spans/spanProblem.js";
export { mulberry32, shuffled } from "./split/mulberry32.js";
export { foldsOf, type SplitOptions, type SplitPart, splitData, withoutShare } from "./split/splitData.js";
export type { BadTagPolicy } from "./tags/tagReading.js";
