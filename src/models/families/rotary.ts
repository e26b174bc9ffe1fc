/** Rotary positions in config.json, and the frequencies that they mean. */
import { z } from "zod";
import { configUnsupported } from "../errors.js";

/** A base of the frequencies. */
export const theta = z.number().min(1).max(1e12);

/** One set of rotary positions, as in `rope_parameters` and, in older files, `rope_scaling`. `type` is an older `rope_type`. */
export const ropeParameters = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: theta.optional(),
});
type RopeParameters = z.infer<typeof ropeParameters>;

/**
 * Rejects rotary positions with scaled frequencies.
 *
 * @throws NeriumError MODEL_CONFIG_UNSUPPORTED
 */
export function requireDefaultRope(file: string, ...sets: readonly RopeParameters[]): void {
  for (const { rope_type, type } of sets)
    for (const each of [rope_type, type])
      if (each !== undefined && each !== "default")
        throw configUnsupported(file, "rope_parameters", each, "default");
}

/**
 * Returns the frequencies of the pairs of values of a head, in radians per position: θ^(−2i / size). In float32, as in
 * transformers' `compute_default_rope_parameters`.
 */
export const frequencies = (base: number, headSize: number): readonly number[] =>
  Array.from({ length: headSize / 2 }, (_, pair) => {
    const { fround: f32 } = Math;
    return f32(1 / f32(f32(base) ** f32((2 * pair) / headSize)));
  });
