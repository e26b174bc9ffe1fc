import { gatherRows, rematerialise, reshape, type Tensor } from "../../graph/index.js";
import type { AttentionForm } from "./batch.js";

/** Where rows are in a form of attention, as `gatherRows` needs it. Rows are numbered by token, then head. */
export interface FormPlaces {
  /** `index` has the row of each place, `inverse` the place of each row. */
  readonly queries: { readonly index: Tensor; readonly inverse: Tensor };
  /** A row may be at several places. `inverse` and `mask` then have them all. */
  readonly keys: { readonly index: Tensor; readonly inverse: Tensor; readonly mask?: Tensor };
  /** 1 where a query is that of a token, otherwise 0. */
  readonly queryMask: Tensor;
  readonly bias: Tensor;
}

/** Returns a form of attention whose places are inputs of the graph. */
export function gatheredForm(heads: number, { queries, keys, queryMask, bias }: FormPlaces): AttentionForm {
  const gathered = (rows: Tensor, places: FormPlaces["keys"]) => {
    const byHead = reshape(rows, ["tokens", heads, (rows.shape[1] as number) / heads]);
    return rematerialise(gatherRows(byHead, places));
  };
  return {
    queries: (rows) => gathered(rows, queries),
    keys: (rows) => gathered(rows, keys),
    bias,
    rows(context) {
      const places = { index: queries.inverse, inverse: queries.index, mask: queryMask };
      return reshape(gatherRows(context, places), ["tokens", heads * (context.shape[3] as number)]);
    },
  };
}
