;; One update of AdamW on a chunk of floats, in place, four floats at a time. The operations and their order are those of the graph
;; in adamwGraph.ts, so the results are the same bytes. `npm run wat` compiles this file to adamwModule.ts.
;;
;; Addresses are those of the first weight, gradient, mean and square. `bytes` is more than 0 and a multiple of 16.
(module
  (import "host" "memory" (memory 1 65536 shared))
  (func (export "update")
    (param $weight i32) (param $gradient i32) (param $mean i32) (param $square i32) (param $bytes i32)
    (param $keepMean f32) (param $takeMean f32) (param $keepSquare f32) (param $takeSquare f32) (param $epsilon f32) (param $rate f32) (param $keep f32)
    (local $at i32) (local $g v128) (local $m v128) (local $v v128)
    (local $keepMeans v128) (local $takeMeans v128) (local $keepSquares v128) (local $takeSquares v128) (local $epsilons v128) (local $rates v128) (local $keeps v128)
    (local.set $keepMeans (f32x4.splat (local.get $keepMean)))
    (local.set $takeMeans (f32x4.splat (local.get $takeMean)))
    (local.set $keepSquares (f32x4.splat (local.get $keepSquare)))
    (local.set $takeSquares (f32x4.splat (local.get $takeSquare)))
    (local.set $epsilons (f32x4.splat (local.get $epsilon)))
    (local.set $rates (f32x4.splat (local.get $rate)))
    (local.set $keeps (f32x4.splat (local.get $keep)))
    (loop $next
      (local.set $g (v128.load (i32.add (local.get $gradient) (local.get $at))))
      (local.set $m (f32x4.add
        (f32x4.mul (v128.load (i32.add (local.get $mean) (local.get $at))) (local.get $keepMeans))
        (f32x4.mul (local.get $g) (local.get $takeMeans))))
      (local.set $v (f32x4.add
        (f32x4.mul (v128.load (i32.add (local.get $square) (local.get $at))) (local.get $keepSquares))
        (f32x4.mul (f32x4.mul (local.get $g) (local.get $g)) (local.get $takeSquares))))
      (v128.store (i32.add (local.get $mean) (local.get $at)) (local.get $m))
      (v128.store (i32.add (local.get $square) (local.get $at)) (local.get $v))
      (v128.store (i32.add (local.get $weight) (local.get $at))
        (f32x4.sub
          (f32x4.mul (v128.load (i32.add (local.get $weight) (local.get $at))) (local.get $keeps))
          (f32x4.mul (f32x4.div (local.get $m) (f32x4.add (f32x4.sqrt (local.get $v)) (local.get $epsilons))) (local.get $rates))))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes))))
  )
)
