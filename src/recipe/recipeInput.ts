/** Written by scripts/recipe-types.ts from fields.ts: change the fields there, and run the script. */

/** What the model card says besides what the run knows. */
export interface CardInput {
  /** Title of the card. Default: the name of the output folder. */
  readonly modelName?: string | undefined;
  /** Licence identifier of the hub, such as mit or apache-2.0. */
  readonly license?: string | undefined;
  /** Language codes, such as en. */
  readonly language?: string | readonly string[] | undefined;
  /** Tags on the hub, besides those of every card. */
  readonly tags?: string | readonly string[] | undefined;
  /** Name of the data set, such as conll2003. */
  readonly dataset?: string | readonly string[] | undefined;
  /** Configuration of the data set. */
  readonly datasetArgs?: string | readonly string[] | undefined;
  /** Name on the hub of the model that was fine-tuned. Default: what the model's config.json says. */
  readonly finetunedFrom?: string | undefined;
  /** Markdown of the section Model description. */
  readonly description?: string | undefined;
  /** Markdown of the section Intended uses & limitations. */
  readonly uses?: string | undefined;
  /** Markdown of the section Training and evaluation data. */
  readonly data?: string | undefined;
}

/** A recipe as a program writes it. Fields with a default may be left out. */
export interface RecipeInput {
  /**
   * Pretrained model to start from: a folder with config.json, weights and tokenizer, or a name on the
   * Hugging Face hub, NAME or NAME@REVISION. Needed.
   */
  readonly model: string;
  /** Branch, tag or commit of a model on the hub. Default: the one in its name, else main. */
  readonly modelRevision?: string | undefined;
  /** Folder with the tokenizer, or a name on the hub. Default: the model's. */
  readonly tokenizer?: string | undefined;
  /**
   * Data set with parts for training, validation and test: a name on the Hugging Face hub, NAME,
   * NAME@REVISION or ORG/NAME/CONFIG, or a folder. Files given as train, validation and test take the place
   * of its parts.
   */
  readonly dataset?: string | undefined;
  /** Configuration of the data set. Default: its own default. */
  readonly datasetConfig?: string | undefined;
  /** Training data: a file or folder, relative to the working directory. Needed without dataset. */
  readonly train?: string | undefined;
  /** Data to evaluate on while training. Without it nothing is evaluated and the last model is kept. */
  readonly validation?: string | undefined;
  /**
   * Share of the training data to evaluate on instead of training on it, where there is no validation data:
   * with its share of every type of entity, documents whole where there are several, drawn from seed.
   */
  readonly validationSplit?: number | undefined;
  /** Data that is scored once, at the end, and never used for a choice. */
  readonly test?: string | undefined;
  /**
   * Whether training data is cut into tokens once, kept on the disk and read from there step by step, so
   * that it need not fit in memory: auto from 64 MB on, words with tags only. Results are the same.
   *
   * @default "auto"
   */
  readonly datasetCache?: "never" | "auto" | "always" | undefined;
  /** Folder for the model, its card and the run's records, relative to the working directory. Needed. */
  readonly output: string;
  /**
   * Write into an output folder that is not empty.
   *
   * @default false
   */
  readonly overwriteOutputDir?: boolean | undefined;
  /**
   * Overwrite also a model card that somebody has edited; go on with a run also where recipe or data have
   * changed.
   *
   * @default false
   */
  readonly force?: boolean | undefined;
  /** Use only the first sentences of the training data. Default: all. */
  readonly maxTrainSamples?: number | undefined;
  /** Use only the first sentences of the validation data. Default: all. */
  readonly maxEvalSamples?: number | undefined;
  /** Use only the first sentences of the test data. Default: all. */
  readonly maxPredictSamples?: number | undefined;
  /**
   * Column of the words: its number in a CoNLL file, from 0, or its name in JSON Lines. Default: 0, or
   * tokens.
   */
  readonly tokenColumn?: string | number | undefined;
  /**
   * Column of the tags: its number in a CoNLL file, from 0, or its name in JSON Lines. Default: the last,
   * or ner_tags, or tags.
   */
  readonly tagColumn?: string | number | undefined;
  /**
   * Labels in the order of their ids. Default: the model's own where they name the data's tags, else the
   * tags of all files, sorted. A tag that is not among them is an error.
   */
  readonly labels?: readonly string[] | undefined;
  /**
   * New names of entity types by their old ones, in all data: {"GPE": "LOC"} renames, two with one new name
   * become one type, "O" drops a type. As a flag in JSON.
   */
  readonly labelMap?: Readonly<Record<string, string>> | undefined;
  /**
   * Trains on some sentences in another case, drawn anew in every epoch: those in capitals in Title Case
   * (true: with probability 0.3), any in capitals or in lower case (0.03 each). {"title_case": 0.3} sets
   * them; what is left out is 0. As a flag in JSON, or true.
   *
   * @default false
   */
  readonly caseAugmentation?:
    | boolean
    | { title_case?: number | undefined; upper_case?: number | undefined; lower_case?: number | undefined }
    | undefined;
  /**
   * Train on and score every token of a word instead of its first one only.
   *
   * @default false
   */
  readonly labelAllTokens?: boolean | undefined;
  /**
   * What becomes of sentences longer than the model takes: overlapping windows that score every word once,
   * or HF's truncation, which loses words (they are counted).
   *
   * @default "window"
   */
  readonly longSentences?: "window" | "truncate" | undefined;
  /** Tokens of a sequence, special ones included. Default: as many as the model takes. */
  readonly maxSeqLength?: number | undefined;
  /**
   * Tokens that neighbouring windows of a long sentence or document share. Default: 64, of documents 128,
   * or a quarter of the window where that is less.
   */
  readonly overlap?: number | undefined;
  /**
   * What a word sees: its sentence, or its document as far as that fits into a window of whole sentences.
   * Needs data that say where documents begin.
   *
   * @default "none"
   */
  readonly context?: "none" | "document" | undefined;
  /**
   * How documents are cut for training with context document, drawn anew in every epoch: document (as much
   * as the model takes), 128 or 32-160 (neighbouring sentences of at most so many tokens, each time a
   * number drawn from the range), sentence; several with shares of the documents as a map. Default:
   * {"32-160": 0.8, "sentence": 0.2}.
   */
  readonly contextLengths?: string | number | Readonly<Record<string, number>> | undefined;
  /**
   * Tokens of a window in evaluation and prediction with context document, special ones included. Default:
   * the longest of `contextLengths`.
   */
  readonly contextEvalTokens?: number | undefined;
  /**
   * Put a separator ([SEP], </s>) between the sentences of a window.
   *
   * @default true
   */
  readonly contextSeparator?: boolean | undefined;
  /**
   * Highest learning rate of AdamW.
   *
   * @default 0.00005
   */
  readonly learningRate?: number | undefined;
  /** Highest learning rate of the classifier, with the schedule of `learningRate`. Default: `learningRate`. */
  readonly headLearningRate?: number | undefined;
  /**
   * Factor on the learning rate from each encoder layer to the one below it; the top one has the full rate,
   * the embeddings come below the lowest. Default: none, one rate for all.
   */
  readonly layerwiseLrDecay?: number | undefined;
  /**
   * Sentences of a batch.
   *
   * @default 8
   */
  readonly perDeviceTrainBatchSize?: number | undefined;
  /**
   * Tokens of a batch, as near as whole windows come to it, in place of a number of sentences. Default:
   * with context document as many as `perDeviceTrainBatchSize` sentences have on average.
   */
  readonly trainBatchTokens?: number | undefined;
  /**
   * Batches whose gradients make one update; equals one batch of all their sentences.
   *
   * @default 1
   */
  readonly gradientAccumulationSteps?: number | undefined;
  /**
   * Passes over the training data; a fraction ends within a pass.
   *
   * @default 3
   */
  readonly numTrainEpochs?: number | undefined;
  /**
   * Updates of the run; overrides `numTrainEpochs`. -1: the epochs decide.
   *
   * @default -1
   */
  readonly maxSteps?: number | undefined;
  /**
   * Decoupled weight decay, on all weights but biases and LayerNorm.
   *
   * @default 0
   */
  readonly weightDecay?: number | undefined;
  /**
   * Decay of AdamW's mean of gradients.
   *
   * @default 0.9
   */
  readonly adamBeta1?: number | undefined;
  /**
   * Decay of AdamW's mean of squared gradients.
   *
   * @default 0.999
   */
  readonly adamBeta2?: number | undefined;
  /**
   * Added to AdamW's denominator.
   *
   * @default 1e-8
   */
  readonly adamEpsilon?: number | undefined;
  /**
   * Largest global norm of the gradient; a larger one is scaled down. 0: no limit.
   *
   * @default 1
   */
  readonly maxGradNorm?: number | undefined;
  /**
   * How the learning rate falls after the warm-up.
   *
   * @default "linear"
   */
  readonly lrSchedulerType?:
    | "linear"
    | "cosine"
    | "cosine_with_restarts"
    | "polynomial"
    | "constant"
    | "constant_with_warmup"
    | "inverse_sqrt"
    | "cosine_with_min_lr"
    | "warmup_stable_decay"
    | undefined;
  /**
   * Settings of the schedule: num_cycles, power, lr_end, timescale, min_lr, min_lr_rate, num_decay_steps,
   * num_stable_steps, warmup_type, decay_type, min_lr_ratio.
   */
  readonly lrSchedulerKwargs?: Readonly<Record<string, string | number>> | undefined;
  /**
   * Updates in which the learning rate rises from 0, or below 1 their share of the run (formerly
   * warmup_ratio).
   *
   * @default 0
   */
  readonly warmupSteps?: number | undefined;
  /**
   * Keeps an exponential moving average of the weights with at most this decay, such as 0.999, evaluates it
   * beside them, and saves the better of the two by `metricForBestModel`. Takes 4 bytes a parameter.
   * Default: none.
   */
  readonly emaDecay?: number | undefined;
  /**
   * Trains a linear-chain conditional random field on the logits, and decodes by it. Its transitions are
   * saved beside the model.
   *
   * @default false
   */
  readonly crf?: boolean | undefined;
  /**
   * Highest learning rate of the CRF's transitions, with the schedule of `learningRate`.
   *
   * @default 0.05
   */
  readonly crfLearningRate?: number | undefined;
  /**
   * Share of the target that is spread over all labels.
   *
   * @default 0
   */
  readonly labelSmoothingFactor?: number | undefined;
  /**
   * Factor on the loss of each label, 1 for labels left out; balanced weighs every label by words / (labels
   * · words with it). Raises recall of rare types. Default: none.
   */
  readonly classWeights?: Readonly<Record<string, number>> | "balanced" | undefined;
  /**
   * What a step does whose loss or gradient is not finite: end the run with the weights of the step before,
   * or go without an update; the third in a row ends the run all the same.
   *
   * @default "stop"
   */
  readonly nonFiniteStep?: "stop" | "skip" | undefined;
  /** Dropout of hidden states. Default: the model's. */
  readonly hiddenDropoutProb?: number | undefined;
  /** Dropout of attention probabilities. Default: the model's. */
  readonly attentionProbsDropoutProb?: number | undefined;
  /** Dropout before the classifier. Default: the model's. */
  readonly classifierDropout?: number | undefined;
  /**
   * Decides the head's first weights, dropout and the order of sentences: the same seed gives HF's head and
   * order.
   *
   * @default 42
   */
  readonly seed?: number | undefined;
  /** Decides the order of sentences alone. Default: seed. */
  readonly dataSeed?: number | undefined;
  /** CPU threads. Runs repeat bit by bit for one number of threads. Default: the machine's cores. */
  readonly threads?: number | undefined;
  /**
   * How words get their labels in evaluations: each the most probable one, or by viterbi a sentence the
   * most probable of the sequences that the tag scheme allows.
   *
   * @default "argmax"
   */
  readonly decoding?: "argmax" | "viterbi" | undefined;
  /**
   * Sentences of a batch in evaluation; decides eval_loss, as in HF.
   *
   * @default 8
   */
  readonly perDeviceEvalBatchSize?: number | undefined;
  /** When to evaluate. Default: epoch with validation data, else no. */
  readonly evalStrategy?: "no" | "steps" | "epoch" | undefined;
  /** Updates between evaluations with `evalStrategy` steps. Default: `loggingSteps`. */
  readonly evalSteps?: number | undefined;
  /**
   * Updates between log records; the card's Training Loss is the mean over such a span.
   *
   * @default 500
   */
  readonly loggingSteps?: number | undefined;
  /** When to save a checkpoint. Default: as `evalStrategy`, or steps where nothing is evaluated. */
  readonly saveStrategy?: "no" | "steps" | "epoch" | "best" | undefined;
  /**
   * Updates between checkpoints with `saveStrategy` steps. Default: `evalSteps` where that counts, else
   * 500.
   */
  readonly saveSteps?: number | undefined;
  /**
   * Checkpoints to keep, the best one besides. 0: all.
   *
   * @default 1
   */
  readonly saveTotalLimit?: number | undefined;
  /**
   * Keep the best model as the result instead of the last, and say so in the card.
   *
   * @default false
   */
  readonly loadBestModelAtEnd?: boolean | undefined;
  /**
   * What makes a model the best, on the validation data. Default: loss, as in HF; f1 is what entities are
   * usually judged by.
   */
  readonly metricForBestModel?: "loss" | "precision" | "recall" | "f1" | "accuracy" | undefined;
  /** Whether a greater metric is better. Default: true, unless the metric is the loss. */
  readonly greaterIsBetter?: boolean | undefined;
  /** Stop after so many evaluations without improvement. Default: never. */
  readonly earlyStoppingPatience?: number | undefined;
  /**
   * How much the metric must improve to count for early stopping.
   *
   * @default 0
   */
  readonly earlyStoppingThreshold?: number | undefined;
  /**
   * Name on the Hugging Face hub to upload the finished model and its card to; true: `hubModelId`, or the
   * output folder's name. Needs a token in HF_TOKEN.
   *
   * @default false
   */
  readonly pushToHub?: string | boolean | undefined;
  /** Name on the hub for `pushToHub` true. */
  readonly hubModelId?: string | undefined;
  /** Make a new repository on the hub private. Default: what the account has set. */
  readonly hubPrivateRepo?: boolean | undefined;
  /** What the model card says besides what the run knows. */
  readonly card?: CardInput | undefined;
}
