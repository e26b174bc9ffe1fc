/** Written by scripts/recipe-types.ts from fields.ts: change the fields there, and run the script. */

/** What the model card says besides what the run knows. */
export interface CardInput {
  /** Title of the card. Default: the name of the output folder. */
  readonly modelName?: string | undefined;
  /** License identifier of the hub, such as mit or apache-2.0. */
  readonly license?: string | undefined;
  /** Language codes, such as en. */
  readonly language?: string | readonly string[] | undefined;
  /** Additional tags on the hub. */
  readonly tags?: string | readonly string[] | undefined;
  /** Name of the data set, such as conll2003. */
  readonly dataset?: string | readonly string[] | undefined;
  /** Configuration of the data set. */
  readonly datasetArgs?: string | readonly string[] | undefined;
  /** Name on the hub of the model that was fine-tuned. Default: the name in the model's config.json. */
  readonly finetunedFrom?: string | undefined;
  /** Text of the section Model description, in Markdown. */
  readonly description?: string | undefined;
  /** Text of the section Intended uses & limitations, in Markdown. */
  readonly uses?: string | undefined;
  /** Text of the section Training and evaluation data, in Markdown. */
  readonly data?: string | undefined;
}

/** A recipe as a program writes it. Fields with a default may be left out. */
export interface RecipeInput {
  /**
   * Pretrained model to start from: a folder with config.json, weights and tokenizer, or a name on the
   * Hugging Face hub, optionally followed by @REVISION. Required.
   */
  readonly model: string;
  /** Branch, tag or commit of a model on the hub. Default: the revision in the name, otherwise main. */
  readonly modelRevision?: string | undefined;
  /** Tokenizer: a folder, or a name on the hub. Default: that of the model. */
  readonly tokenizer?: string | undefined;
  /**
   * Data set with splits for training, validation and test: a folder, or a name on the Hugging Face hub
   * (NAME, NAME@REVISION or ORG/NAME/CONFIG). train, validation and test replace its splits.
   */
  readonly dataset?: string | undefined;
  /** Configuration of the data set. Default: its default configuration. */
  readonly datasetConfig?: string | undefined;
  /** Training data: a file or folder. Required unless dataset is set. */
  readonly train?: string | undefined;
  /** Data to evaluate on during training. Without it, nothing is evaluated and the last model is kept. */
  readonly validation?: string | undefined;
  /**
   * Share of the training data to hold out for validation, for example 0.1. It gets this share of every
   * entity type; documents are kept whole; seed decides what is held out.
   */
  readonly validationSplit?: number | undefined;
  /** Test data, scored once at the end. It never influences the training. */
  readonly test?: string | undefined;
  /**
   * Tokenize the training data once and read it from a cache on disk, so that it does not have to fit in
   * memory. auto does so for files of words and tags from 64 MB. Results are the same.
   *
   * @default "auto"
   */
  readonly datasetCache?: "never" | "auto" | "always" | undefined;
  /** Folder for the model, its model card and the records of the run. Required. */
  readonly output: string;
  /**
   * Write to the output folder even if it is not empty.
   *
   * @default false
   */
  readonly overwriteOutputDir?: boolean | undefined;
  /**
   * Overwrite a model card even if it was edited, and resume a run even if the recipe or data has changed.
   *
   * @default false
   */
  readonly force?: boolean | undefined;
  /** Use only this many sentences from the start of the training data. Default: all. */
  readonly maxTrainSamples?: number | undefined;
  /** Use only this many sentences from the start of the validation data. Default: all. */
  readonly maxEvalSamples?: number | undefined;
  /** Use only this many sentences from the start of the test data. Default: all. */
  readonly maxPredictSamples?: number | undefined;
  /** Format of the data files. Default: detected from their names and contents. */
  readonly dataFormat?: string | undefined;
  /** Text between the columns of data files. Default: spaces and tabs. */
  readonly delimiter?: string | undefined;
  /** What the offsets of entities in the data files count. Default: detected. */
  readonly offsets?: "utf16" | "code-points" | "bytes" | undefined;
  /**
   * What to do with entities that overlap, are discontinuous or do not match word boundaries: error stops
   * and lists them, split cuts words where they begin and end, widen extends them to whole words, drop
   * leaves them out.
   *
   * @default "error"
   */
  readonly policy?: "error" | "split" | "widen" | "drop" | undefined;
  /**
   * Column of the words: its number, counted from 0, or its name in files with named columns. Default: 0,
   * or tokens.
   */
  readonly tokenColumn?: string | number | undefined;
  /**
   * Column of the tags: its number, counted from 0, or its name in files with named columns. Default: the
   * last one, or ner_tags or tags.
   */
  readonly tagColumn?: string | number | undefined;
  /** Key of the texts in JSON data with texts and spans. Default: detected. */
  readonly textKey?: string | undefined;
  /**
   * Labels in the order of their ids. A tag in the data that is not among them is an error. Default: the
   * labels of the model if they include all tags of the data, otherwise the tags of all files, sorted.
   */
  readonly labels?: readonly string[] | undefined;
  /** Scheme of the tags in the data. Default: the scheme that most tags have. */
  readonly tagScheme?: "IOB1" | "IOB2" | "IOE" | "IOBES" | "BILOU" | "BMES" | "IO" | undefined;
  /**
   * What to do with tags that do not fit the scheme of most tags: error stops and lists them, O reads them
   * as O, drop leaves their sentences out.
   *
   * @default "error"
   */
  readonly badTags?: "error" | "drop" | "O" | undefined;
  /** Tags of words that do not count: they are neither trained on nor scored. -100 is always one. */
  readonly ignoreTags?: readonly string[] | undefined;
  /**
   * Rename entity types in all data: {"GPE": "LOC", "DATE": "O"} turns GPE into LOC and removes DATE. Types
   * that get the same new name are merged. On the command line, write JSON.
   */
  readonly labelMap?: Readonly<Record<string, string>> | undefined;
  /**
   * Change the case of some training sentences, chosen anew in every epoch: all-capital sentences to Title
   * Case (probability 0.3), any sentence to capitals or to lower case (0.03 each). {"title_case": 0.3} sets
   * the probabilities; those not listed are 0. On the command line, write true or JSON.
   *
   * @default false
   */
  readonly caseAugmentation?:
    | boolean
    | { title_case?: number | undefined; upper_case?: number | undefined; lower_case?: number | undefined }
    | undefined;
  /**
   * Words of scripts without spaces, such as Chinese, where texts are split: words of a dictionary, or
   * single characters. The model remembers it for prediction. Default: as in the training data.
   */
  readonly unspacedWords?: "words" | "characters" | undefined;
  /**
   * Whether a hyphen belongs to the word around it (join) or is a word of its own (split), where texts are
   * split. The model remembers it for prediction. Default: as in the training data.
   */
  readonly hyphens?: "join" | "split" | undefined;
  /**
   * Train on and score all tokens of a word, not only the first one.
   *
   * @default false
   */
  readonly labelAllTokens?: boolean | undefined;
  /**
   * How to handle sentences that are too long for the model: window splits them into overlapping windows
   * and scores every word once; truncate cuts them off as HF does, and reports how many words are lost.
   *
   * @default "window"
   */
  readonly longSentences?: "window" | "truncate" | undefined;
  /** Maximum number of tokens in a sequence, including special tokens. Default: the maximum of the model. */
  readonly maxSeqLength?: number | undefined;
  /**
   * Number of tokens that neighbouring windows of a long sentence or document share. Default: 64, or 128
   * for documents, but at most a quarter of the window.
   */
  readonly overlap?: number | undefined;
  /**
   * What the model sees around a word: none is only its sentence; document also includes neighbouring
   * sentences of its document. document needs data that marks where documents begin.
   *
   * @default "none"
   */
  readonly context?: "none" | "document" | undefined;
  /**
   * Length of the training windows with context document, in tokens: a number, a range from which lengths
   * are drawn at random, sentence, or document (as long as the model allows). A map gives each a share of
   * the documents; documents are assigned anew in every epoch. On the command line, write a map as JSON.
   * Default: {"32-160": 0.8, "sentence": 0.2}.
   */
  readonly contextLengths?: string | number | Readonly<Record<string, number>> | undefined;
  /**
   * Maximum number of tokens in a window for evaluation and prediction with context document, including
   * special tokens. Default: the longest of `contextLengths`.
   */
  readonly contextEvalTokens?: number | undefined;
  /**
   * Put a separator ([SEP] or </s>) between the sentences of a window. Only with context document.
   *
   * @default true
   */
  readonly contextSeparator?: boolean | undefined;
  /**
   * Peak learning rate of AdamW.
   *
   * @default 0.00005
   */
  readonly learningRate?: number | undefined;
  /** Peak learning rate of the classifier; it follows the same schedule. Default: `learningRate`. */
  readonly headLearningRate?: number | undefined;
  /**
   * Multiply the learning rate by this factor for each layer further down, for example 0.95. The top
   * encoder layer has the full rate; the embeddings are below the lowest layer. Default: none, all layers
   * have the same rate.
   */
  readonly layerwiseLrDecay?: number | undefined;
  /**
   * Number of sentences in a training batch.
   *
   * @default 8
   */
  readonly perDeviceTrainBatchSize?: number | undefined;
  /**
   * Approximate number of tokens in a training batch, instead of a number of sentences. Default with
   * context document: the average of `perDeviceTrainBatchSize` sentences.
   */
  readonly trainBatchTokens?: number | undefined;
  /**
   * Number of batches to accumulate before an update. Gives the same result as one batch with all their
   * sentences.
   *
   * @default 1
   */
  readonly gradientAccumulationSteps?: number | undefined;
  /**
   * Number of passes over the training data. May be a fraction.
   *
   * @default 3
   */
  readonly numTrainEpochs?: number | undefined;
  /**
   * Number of updates. Overrides `numTrainEpochs`, unless it is -1.
   *
   * @default -1
   */
  readonly maxSteps?: number | undefined;
  /**
   * Weight decay (decoupled), for all weights except biases and LayerNorm.
   *
   * @default 0
   */
  readonly weightDecay?: number | undefined;
  /**
   * Beta1 of AdamW: decay rate of the mean gradient.
   *
   * @default 0.9
   */
  readonly adamBeta1?: number | undefined;
  /**
   * Beta2 of AdamW: decay rate of the mean squared gradient.
   *
   * @default 0.999
   */
  readonly adamBeta2?: number | undefined;
  /**
   * Epsilon of AdamW, added to the denominator.
   *
   * @default 1e-8
   */
  readonly adamEpsilon?: number | undefined;
  /**
   * Maximum norm of the gradient; larger gradients are scaled down. 0 means no limit.
   *
   * @default 1
   */
  readonly maxGradNorm?: number | undefined;
  /**
   * Schedule of the learning rate.
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
   * num_stable_steps, warmup_type, decay_type, min_lr_ratio. On the command line, write JSON.
   */
  readonly lrSchedulerKwargs?: Readonly<Record<string, string | number>> | undefined;
  /**
   * Number of updates during which the learning rate rises from 0. A value below 1 is a share of all
   * updates, like warmup_ratio.
   *
   * @default 0
   */
  readonly warmupSteps?: number | undefined;
  /**
   * Keep an exponential moving average of the weights with this maximum decay, for example 0.999. Both are
   * evaluated, and the better by `metricForBestModel` is saved. Needs 4 bytes of memory per parameter.
   * Default: none.
   */
  readonly emaDecay?: number | undefined;
  /**
   * Train a linear-chain conditional random field (CRF) on top of the logits, and decode with it. Its
   * transitions are saved in crf.safetensors.
   *
   * @default false
   */
  readonly crf?: boolean | undefined;
  /**
   * Peak learning rate of the CRF's transitions; it follows the same schedule as `learningRate`.
   *
   * @default 0.05
   */
  readonly crfLearningRate?: number | undefined;
  /**
   * Models to learn from (knowledge distillation): folders, or names on the hub, of models for the same
   * labels. The targets of the training are their averaged probabilities on the training data. Usual are
   * models of several seeds of one recipe.
   */
  readonly teachers?: readonly string[] | undefined;
  /**
   * Share of the teachers in the targets; the tags of the data have the rest.
   *
   * @default 1
   */
  readonly distillationAlpha?: number | undefined;
  /**
   * Label smoothing: the share of the target probability that is spread over all labels.
   *
   * @default 0
   */
  readonly labelSmoothingFactor?: number | undefined;
  /**
   * Factor on the loss of each label; 1 for labels that are not listed. balanced computes the factors as
   * words / (labels · words with this label), which raises the recall of rare types. On the command line,
   * write a map as JSON. Default: none.
   */
  readonly classWeights?: Readonly<Record<string, number>> | "balanced" | undefined;
  /**
   * What to do if the loss or gradient of a step is infinite or not a number: stop ends the run and keeps
   * the weights of the step before; skip continues without this update, but stops after three in a row.
   *
   * @default "stop"
   */
  readonly nonFiniteStep?: "stop" | "skip" | undefined;
  /** Dropout probability of hidden states. Default: that of the model. */
  readonly hiddenDropoutProb?: number | undefined;
  /** Dropout probability of attention weights. Default: that of the model. */
  readonly attentionProbsDropoutProb?: number | undefined;
  /** Dropout probability before the classifier. Default: that of the model. */
  readonly classifierDropout?: number | undefined;
  /**
   * Random seed for the initial weights of the head, dropout and the order of sentences. The head and the
   * order are those of HF for the same seed.
   *
   * @default 42
   */
  readonly seed?: number | undefined;
  /** Random seed for the order of sentences. Default: seed. */
  readonly dataSeed?: number | undefined;
  /**
   * Number of CPU threads. Runs with the same number of threads are reproducible bit by bit. Default: the
   * number of cores, or fewer if a container limits them.
   */
  readonly threads?: number | undefined;
  /**
   * What computes: onnxruntime, or openvino, which must be installed. auto is onnxruntime, or openvino for
   * bf16.
   *
   * @default "auto"
   */
  readonly engine?: "auto" | "onnxruntime" | "openvino" | undefined;
  /**
   * Where it computes: cpu; auto, a discrete GPU where there is one that can be used, otherwise the CPU;
   * webgpu, a GPU that ONNX Runtime reaches through WebGPU, in fp32; or cuda, a GPU of NVIDIA (cuda:1 is
   * the second one), for which onnxruntime-gpu must be installed.
   *
   * @default "cpu"
   */
  readonly device?:
    | "auto"
    | "cpu"
    | "webgpu"
    | "cuda"
    | "cuda:0"
    | "cuda:1"
    | "cuda:2"
    | "cuda:3"
    | "cuda:4"
    | "cuda:5"
    | "cuda:6"
    | "cuda:7"
    | undefined;
  /**
   * Compute products of matrices in bfloat16, in training and evaluation. Weights, optimizer and loss stay
   * float32. Needs the device cuda, or OpenVINO and a CPU with AVX512_BF16 or AMX; it is an error on
   * others.
   *
   * @default false
   */
  readonly bf16?: boolean | undefined;
  /**
   * Compute products of matrices in bfloat16 in evaluations only. Needs what bf16 needs.
   *
   * @default false
   */
  readonly bf16FullEval?: boolean | undefined;
  /**
   * Let products of matrices use TF32, which keeps 10 bits of a float32's 23. Needs the device cuda.
   * Default: false.
   */
  readonly tf32?: boolean | undefined;
  /**
   * Order of sentences in an epoch: random, or with sentences of similar length in one batch, as HF's
   * LengthGroupedSampler has them.
   *
   * @default "random"
   */
  readonly trainSamplingStrategy?: "random" | "group_by_length" | undefined;
  /** Older way to put sentences of similar length into one batch. See `trainSamplingStrategy`. */
  readonly groupByLength?: boolean | undefined;
  /**
   * How evaluations choose labels: argmax gives each word its most probable label; viterbi gives each
   * sentence the most probable sequence that the tag scheme allows.
   *
   * @default "argmax"
   */
  readonly decoding?: "argmax" | "viterbi" | undefined;
  /**
   * Number of sentences in an evaluation batch. It affects eval_loss, as in HF.
   *
   * @default 8
   */
  readonly perDeviceEvalBatchSize?: number | undefined;
  /** When to evaluate. Default: epoch if there is validation data, otherwise no. */
  readonly evalStrategy?: "no" | "steps" | "epoch" | undefined;
  /** Number of updates between evaluations with `evalStrategy` steps. Default: `loggingSteps`. */
  readonly evalSteps?: number | undefined;
  /**
   * Number of updates between log records. The Training Loss in the model card is the mean since the last
   * record.
   *
   * @default 500
   */
  readonly loggingSteps?: number | undefined;
  /**
   * Where to report the figures of the run to, besides the output folder: none, tensorboard, mlflow,
   * trackio, or several of them. tensorboard writes event files to runs in the output folder, or to
   * TENSORBOARD_LOGGING_DIR. mlflow sends to the server in MLFLOW_TRACKING_URI, trackio to that in
   * TRACKIO_SERVER_URL.
   *
   * @default "none"
   */
  readonly reportTo?: string | readonly string[] | undefined;
  /** Name of the run in MLflow and Trackio. Default: the output folder. */
  readonly runName?: string | undefined;
  /** When to save a checkpoint. Default: the same as `evalStrategy`, or steps if nothing is evaluated. */
  readonly saveStrategy?: "no" | "steps" | "epoch" | "best" | undefined;
  /**
   * Number of updates between checkpoints with `saveStrategy` steps. Default: `evalSteps` if `evalStrategy`
   * is steps, otherwise 500.
   */
  readonly saveSteps?: number | undefined;
  /**
   * Number of checkpoints to keep, in addition to the best one. 0 keeps all.
   *
   * @default 1
   */
  readonly saveTotalLimit?: number | undefined;
  /**
   * Save the best model instead of the last one.
   *
   * @default false
   */
  readonly loadBestModelAtEnd?: boolean | undefined;
  /**
   * Metric on the validation data that decides which model is best. f1 is usual for entities. Default:
   * loss, as in HF.
   */
  readonly metricForBestModel?: "loss" | "precision" | "recall" | "f1" | "accuracy" | undefined;
  /** Whether greater values of the metric are better. Default: true, except for the loss. */
  readonly greaterIsBetter?: boolean | undefined;
  /** Stop after this many evaluations without improvement. Default: never. */
  readonly earlyStoppingPatience?: number | undefined;
  /**
   * Smallest improvement of the metric that counts for early stopping.
   *
   * @default 0
   */
  readonly earlyStoppingThreshold?: number | undefined;
  /**
   * Upload the finished model and its card to this name on the Hugging Face hub. true uses `hubModelId`, or
   * the name of the output folder. Needs a token: set HF_TOKEN, or log in with hf auth login.
   *
   * @default false
   */
  readonly pushToHub?: string | boolean | undefined;
  /** Name on the hub if `pushToHub` is true. */
  readonly hubModelId?: string | undefined;
  /** Make a new repository on the hub private. Default: the setting of the account. */
  readonly hubPrivateRepo?: boolean | undefined;
  /** Texts and facts for the model card. */
  readonly card?: CardInput | undefined;
  /**
   * Form of the model card. full adds curves, programs and what is known about the data; trainer has only
   * what HF's Trainer writes, and scores by entity type.
   *
   * @default "full"
   */
  readonly cardStyle?: "full" | "trainer" | undefined;
}
