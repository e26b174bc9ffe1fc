/** What a task contributes to a model card, as data. `card/` turns it into Markdown. */

/** Markdown in parts. Numbers are rounded like every number in the card. */
export type CardText = readonly (string | number)[];

/** A table cell: text, which is shown as is, or a number, which the card rounds. */
export type CardCell = string | number;

export type CardBlock =
  | { readonly paragraph: CardText }
  | { readonly headers: readonly string[]; readonly rows: readonly (readonly CardCell[])[] }
  | { readonly language: string; readonly program: string };

export interface CardSection {
  readonly heading: string;
  readonly blocks: readonly CardBlock[];
}

/** Everything that a task adds to a card. */
export interface TaskCard {
  /** A paragraph after the metrics that says how they were obtained. */
  readonly resultsNote?: CardText | undefined;
  /** How to use the model elsewhere. */
  readonly usage?: CardSection | undefined;
  /** F1 of each type, and how many gold entities of it there are; omitted if unknown. */
  readonly types?: Readonly<Record<string, { readonly f1: number; readonly support: number }>> | undefined;
  /** Detailed scores; omitted if unknown. */
  readonly scores?: CardSection | undefined;
}

/** Facts about the model, besides its evaluation, that the card depends on. */
export interface CardDescription {
  /** True for a model with a conditional random field. */
  readonly crf: boolean;
  /**
   * `viterbi` if evaluations chose tags that the tag scheme allows. `undefined` if they used the largest
   * logit, or if the model has a conditional random field.
   */
  readonly decoding: "viterbi" | undefined;
  /** True for a model that was trained to read sentences in the context of their document. */
  readonly readsDocuments: boolean;
}
