/** What a task says in a model card, as data: card/ makes Markdown of it. */

/** Markdown; numbers in it are rounded as the card rounds all. */
export type CardText = readonly (string | number)[];

/** A cell of a table: text that is shown as it stands, or a number that the card rounds. */
export type CardCell = string | number;

export type CardBlock =
  | { readonly paragraph: CardText }
  | { readonly headers: readonly string[]; readonly rows: readonly (readonly CardCell[])[] }
  | { readonly language: string; readonly program: string };

export interface CardSection {
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

/** All that a task says in a card. */
export interface TaskCard {
  /** How the metrics came about: a paragraph behind them. */
  readonly resultsNote?: CardText | undefined;
  /** How to use the model elsewhere. */
  readonly usage?: CardSection | undefined;
  /** Scores in detail; left out where they are not known. */
  readonly scores?: CardSection | undefined;
}

/** What a card knows of the model besides its evaluation. */
export interface CardDescription {
  /** True for a model with a conditional random field. */
  readonly crf: boolean;
  /** How words got their labels in evaluations, where that was not by the largest logit. */
  readonly decoding: "viterbi" | undefined;
  /** True for a model that was trained to read sentences in their document. */
  readonly readsDocuments: boolean;
}
