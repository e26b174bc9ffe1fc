import type {
  Calibration,
  Difference,
  EntityPair,
  EntityScores,
  ErrorKind,
  ScoreIntervals,
  SemevalByMode,
} from "../evaluate/index.js";

/** Scores, the number of predicted entities, and where the middle 95% of the draws of the bootstrap are. */
export interface ReportedScores extends EntityScores {
  readonly predicted: number;
  readonly intervals: ScoreIntervals;
}

/** A part of the entities, such as those of one length. */
export interface PartScores extends Omit<EntityScores, "support"> {
  readonly name: string;
  /** Gold entities, predicted entities, and those that are both. */
  readonly support: number;
  readonly predicted: number;
  readonly correct: number;
}

/** How many of some gold entities were found. */
export interface PartRecall {
  readonly name: string;
  readonly support: number;
  readonly recall: number;
}

/** Pairs of gold and predicted types. The last row and column are `O`: no entity. */
export interface Confusion {
  readonly types: readonly string[];
  /** By gold type, then by predicted type. */
  readonly counts: readonly (readonly number[])[];
}

/** An entity of an error. Words are counted from 0 in its sentence. */
export interface ReportedEntity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Absent in a report without text. */
  readonly text?: string;
}

/** The words around an error with all entities in them. Words are counted from the first one here. */
export interface ErrorContext {
  readonly words: readonly string[];
  readonly gold: readonly ReportedEntity[];
  readonly predicted: readonly ReportedEntity[];
  /** Whether words of the sentence were cut off before or after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
  /** The entities that the error is about. */
  readonly ownGold?: ReportedEntity;
  readonly ownPredicted?: ReportedEntity;
}

/** An error of a model, and how sure the model is of it. */
export interface ReportedError {
  readonly kind: ErrorKind;
  readonly file: string;
  readonly line: number;
  /**
   * The mean probability that the model gives its tags of the predicted entity's words, or of the gold entity's if
   * it predicts none there.
   */
  readonly confidence: number;
  readonly gold?: ReportedEntity;
  readonly predicted?: ReportedEntity;
  /** Absent in a report without text. */
  readonly context?: ErrorContext;
}

/** What one model gets right and wrong on a test set. */
export interface ModelReport {
  readonly name: string;
  readonly decoding: string;
  readonly scheme: string;
  readonly loss: number;
  readonly accuracy: number;
  readonly seconds: number;
  /** seqeval's default mode. */
  readonly overall: ReportedScores;
  readonly types: Readonly<Record<string, ReportedScores>>;
  /** seqeval's strict mode. */
  readonly strict: EntityScores;
  readonly semeval: {
    readonly overall: SemevalByMode;
    readonly types: Readonly<Record<string, SemevalByMode>>;
  };
  readonly kinds: Readonly<Record<EntityPair["kind"], number>>;
  readonly confusion: Confusion;
  /** In words. */
  readonly entityLengths: readonly PartScores[];
  readonly sentenceLengths: readonly PartScores[];
  /** Gold entities by whether their words are an entity in the training data, or why that is not known. */
  readonly seen: readonly PartRecall[] | { readonly unknown: string };
  readonly calibration: { readonly entities: Calibration; readonly words: Calibration };
  /** Most confident first: likely slips of the annotators. */
  readonly errors: readonly ReportedError[];
  /** Errors that are not listed. */
  readonly moreErrors: number;
  /** Compared with the first model; absent for that one. */
  readonly difference?: Difference;
}

/** What one or several models get right and wrong on a test set. */
export interface EvaluationReport {
  readonly format_version: 1;
  readonly nerium: string;
  readonly files: readonly string[];
  readonly sentences: number;
  readonly words: number;
  /** Gold entities by type. */
  readonly entities: Readonly<Record<string, number>>;
  /** What the bootstrap draws. */
  readonly unit: "documents" | "sentences";
  readonly units: number;
  readonly draws: number;
  readonly seed: number;
  readonly models: readonly ModelReport[];
}
