import type { DestinationStream } from "pino";
import type { LoadOptions, Ner } from "../infer/index.js";
import type { Dtype } from "../models/index.js";
import type { DeviceName, EngineName } from "../runtime/index.js";

/** What to serve, and how. docs/serving.md explains the settings. */
export interface ServerOptions {
  /**
   * The models by name: folders, names on the Hugging Face hub, or what `load` returned. The first is the default. The server
   * disposes only of models that it loaded itself.
   */
  readonly models: Readonly<Record<string, string | Ner>>;
  /** Address to listen on; 0.0.0.0 is every address of the machine. Defaults to 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to listen on; 0 chooses a free one. Defaults to 8080. */
  readonly port?: number | undefined;
  /** Number format of the computation. Defaults to fp32. */
  readonly dtype?: Dtype | undefined;
  /** What computes; openvino must be installed. Defaults to auto. */
  readonly engine?: EngineName | undefined;
  /** Where it computes; webgpu is a GPU, in fp32. Defaults to cpu. */
  readonly device?: DeviceName | undefined;
  /** CPU threads per model; all that this process may use, if not given. */
  readonly threads?: number | undefined;
  /** Most tokens of a batch, with padding. Defaults to 1024. */
  readonly batchTokens?: number | undefined;
  /** Bearer tokens that requests may have; without any, no token is needed. Defaults to none. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Whether /metrics needs no token. Defaults to false. */
  readonly openMetrics?: boolean | undefined;
  /** Origins of web pages that may use the server, such as https://example.org; * for all. Defaults to none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** What is logged; info is a line per request. Defaults to info. */
  readonly logLevel?: "silent" | "error" | "warn" | "info" | "debug" | undefined;
  /** Whether the log contains the texts of requests. Defaults to false. */
  readonly logTexts?: boolean | undefined;
  /** Most bytes of a body, except NDJSON. Defaults to 2000000. */
  readonly maxBodyBytes?: number | undefined;
  /** Most texts of a request, except NDJSON. Defaults to 32. */
  readonly maxTexts?: number | undefined;
  /** Most characters (UTF-16 units) of a text. Defaults to 100000. */
  readonly maxTextLength?: number | undefined;
  /** Most bytes of a line of NDJSON. Defaults to 1000000. */
  readonly maxLineBytes?: number | undefined;
  /** Most tokens that wait; more is answered with 429. Defaults to 524288. */
  readonly maxQueueTokens?: number | undefined;
  /** Longest expected wait before the first batch of a request; more is answered with 429 (seconds). Defaults to 2. */
  readonly maxQueueTime?: number | undefined;
  /** Longest time for a request after its body has arrived, or for a line of NDJSON (seconds). Defaults to 10. */
  readonly deadline?: number | undefined;
  /** Longest time for the headers of a request (seconds). Defaults to 10. */
  readonly headersTimeout?: number | undefined;
  /** Longest time for the body of a request, and for the client to read the answer; not for NDJSON (seconds). Defaults to 30. */
  readonly bodyTimeout?: number | undefined;
  /** Longest time between two lines of NDJSON, and for the client to read an answer line (seconds). Defaults to 30. */
  readonly idleTimeout?: number | undefined;
  /** Longest time that a connection may stay open without a request (seconds). Defaults to 5. */
  readonly keepAliveTimeout?: number | undefined;
  /** Most connections at once; further ones are closed at once. Defaults to 1024. */
  readonly maxConnections?: number | undefined;
  /** Most headers of a request. Defaults to 100. */
  readonly maxHeadersCount?: number | undefined;
  /** Most bytes of all headers of a request. Defaults to 16384. */
  readonly maxHeaderBytes?: number | undefined;
  /** Longest time to finish what has begun after SIGTERM (seconds). Defaults to 15. */
  readonly drainTimeout?: number | undefined;
  /** Gets the lines of the log. Defaults to standard output. */
  readonly log?: DestinationStream | undefined;
  /** Called while files of a model are downloaded. */
  readonly onDownload?: LoadOptions["onDownload"];
  /** Called with warnings about the files of models. Defaults to warnings of the process. */
  readonly onWarning?: LoadOptions["onWarning"];
}
