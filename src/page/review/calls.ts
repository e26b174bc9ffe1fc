/** An entity by its words: the end is exclusive. */
export interface Entity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export type Action = "accept" | "keep" | "edit" | "skip";

/** A suspect, as the server sends it. */
export interface Item {
  readonly index: number;
  readonly place: string;
  readonly score: number;
  readonly words: readonly string[];
  readonly gold: readonly Entity[];
  readonly proposed: readonly Entity[];
  readonly current: readonly Entity[];
  readonly spans: readonly {
    readonly kind: string;
    readonly gold?: Entity;
    readonly proposed?: Entity;
    readonly score: number;
  }[];
  readonly suspectWords: readonly number[];
  readonly decision?: Action;
  readonly removedRelations?: number;
  readonly before?: string;
  readonly after?: string;
}

export interface Review {
  readonly file: string;
  readonly types: readonly string[];
  readonly items: readonly Item[];
}

/** The secret of the address, which the command prints. */
const token = location.hash.slice(1);

async function answered<T>(path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
  } catch {
    throw new Error("The command nerium data review does not answer. Is it still running?");
  }
  const answer = (await response.json()) as T & { error?: string; where?: string; remedy?: string };
  if (response.ok) return answer;
  if (response.status === 401)
    throw new Error("Open the address that nerium data review has printed, with its last part.");
  const { error = "Something went wrong", where, remedy } = answer;
  throw new Error([`${error}${where === undefined ? "" : ` (${where})`}.`, remedy].filter(Boolean).join(" "));
}

export const readReview = (): Promise<Review> => answered<Review>("./api/review");

/** Decides about a suspect, and returns it as it is then. */
export const decide = async (suspect: number, action: Action, entities?: readonly Entity[]): Promise<Item> =>
  (await answered<{ item: Item }>("./api/decisions", { suspect, action, ...(entities && { entities }) }))
    .item;

/** Takes the last decision back, and returns its suspect. */
export const undo = async (): Promise<Item | null> =>
  (await answered<{ item: Item | null }>("./api/undo", {})).item;
