export { baseModelName } from "./baseModel.js";
export { type CardChoices, cardFacts } from "./cardFacts.js";
export { type ExportRow, withExports } from "./exportSection.js";
export type {
  CardData,
  CardFacts,
  CardHyperparameters,
  CardSettings,
  DocumentReading,
  ResultsRow,
} from "./facts.js";
export { modelCard } from "./modelCard.js";
export { CURVES, cardPictures, SCORES } from "./pictures.js";
export { evaluationLog, evaluationMetrics, type LogEntry, lossLog } from "./trainerLogs.js";
export { resultFiles, TRAINER_STATE, type TrainerStateSettings, trainerState } from "./trainerState.js";
