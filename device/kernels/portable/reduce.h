/* The walk that reductions share: over the dimensions that are kept, and for each output over those that are reduced.
 * The compiler merges neighbouring dimensions of one kind, so three of each are enough for six dimensions. */
#ifndef MOTE_REDUCE_H
#define MOTE_REDUCE_H

#include "portable/common.h"

/* Fields of a parameter structure: extents and strides in the input, in elements, outermost first. */
#define MOTE_REDUCE_FIELDS    \
  int32_t kept[3];            \
  int32_t kept_strides[3];    \
  int32_t reduced[3];         \
  int32_t reduced_strides[3]

/* Runs the following block once per output `o`, whose first input element is at `base`. */
#define MOTE_KEPT(p, base, o)                                                                                      \
  for (int32_t k0_ = 0, b0_ = 0, o = 0; k0_ < (p)->kept[0]; ++k0_, b0_ += (p)->kept_strides[0])                    \
    for (int32_t k1_ = 0, b1_ = b0_; k1_ < (p)->kept[1]; ++k1_, b1_ += (p)->kept_strides[1])                       \
      for (int32_t k2_ = 0, base = b1_; k2_ < (p)->kept[2]; ++k2_, base += (p)->kept_strides[2], ++o)

/* Runs the following block once per input element `at` of the output whose first element is at `base`. */
#define MOTE_REDUCED(p, base, at)                                                                                  \
  for (int32_t r0_ = 0, c0_ = base; r0_ < (p)->reduced[0]; ++r0_, c0_ += (p)->reduced_strides[0])                  \
    for (int32_t r1_ = 0, c1_ = c0_; r1_ < (p)->reduced[1]; ++r1_, c1_ += (p)->reduced_strides[1])                 \
      for (int32_t r2_ = 0, at = c1_; r2_ < (p)->reduced[2]; ++r2_, at += (p)->reduced_strides[2])

#endif
