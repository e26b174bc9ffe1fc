export { labelList } from "./labelList.js";
export { parseDataset, type ReadOptions, readDataset } from "./readDataset.js";
export { recognisedScheme, toScheme } from "./schemes.js";
export type { Dataset, Sentence, TagScheme } from "./sentence.js";
