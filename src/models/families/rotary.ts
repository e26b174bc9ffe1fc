/** Rotary positions in config.json, and the frequencies that they mean. */
import { z } from "zod";
import { configUnsupported } from "../errors.js";

/** A base of the frequencies. */
export const theta = z.number().min(1).max(1e12);

/** One set of rotary positions, as in `rope_parameters`. */
export const ropeParameters = z.looseObject({
  rope_type: z.string().default("default"),
  rope_theta: theta.optional(),
});

/** Older files have `rope_scaling` for what `rope_type` is now. */
export const ropeScaling = z
  .looseObject({ rope_type: z.string().optional(), type: z.string().optional() })
  .nullish();

/**
 * Rejects rotary positions with scaled frequencies.
 *
 * @throws NeriumError MODEL_CONFIG_UNSUPPORTED
 */
export function requireDefaultRope(
  file: string,
  parameters: readonly (z.infer<typeof ropeParameters> | null | undefined)[],
  scaling: z.infer<typeof ropeScaling>,
): void {
  for (const each of parameters)
    if (each != null && each.rope_type !== "default")
      throw configUnsupported(file, "rope_parameters", each.rope_type, "default");
  const type = scaling?.rope_type ?? scaling?.type ?? "default";
  if (type !== "default") throw configUnsupported(file, "rope_scaling", type, "none");
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
