/* The walk that every element-wise kernel of two or three operands shares: row-major over the output, each operand
 * with strides of its own, 0 where it repeats. The compiler merges dimensions that run in step, so operands of one
 * shape are a single row; dimensions that are not needed have extent 1 and vanish after inlining. */
#ifndef MOTE_BROADCAST_H
#define MOTE_BROADCAST_H

#include "portable/common.h"

/* Fields of a parameter structure: extents of the output and strides of the operands, in elements. */
#define MOTE_BROADCAST_FIELDS \
  int32_t dims[6];            \
  int32_t x_strides[6];       \
  int32_t y_strides[6]

/* Runs the following block once per row of the output; `a`, `b` and `o` are where the row starts in the operands and in
 * the output. */
#define MOTE_ROWS(p, a, b, o)                                                                                 \
  for (int32_t i0_ = 0, a0_ = 0, b0_ = 0, o = 0; i0_ < (p)->dims[0];                                          \
       ++i0_, a0_ += (p)->x_strides[0], b0_ += (p)->y_strides[0])                                             \
    for (int32_t i1_ = 0, a1_ = a0_, b1_ = b0_; i1_ < (p)->dims[1];                                           \
         ++i1_, a1_ += (p)->x_strides[1], b1_ += (p)->y_strides[1])                                           \
      for (int32_t i2_ = 0, a2_ = a1_, b2_ = b1_; i2_ < (p)->dims[2];                                         \
           ++i2_, a2_ += (p)->x_strides[2], b2_ += (p)->y_strides[2])                                         \
        for (int32_t i3_ = 0, a3_ = a2_, b3_ = b2_; i3_ < (p)->dims[3];                                       \
             ++i3_, a3_ += (p)->x_strides[3], b3_ += (p)->y_strides[3])                                       \
          for (int32_t i4_ = 0, a = a3_, b = b3_; i4_ < (p)->dims[4];                                         \
               ++i4_, a += (p)->x_strides[4], b += (p)->y_strides[4], o += (p)->dims[5])

/* The whole body of a kernel `(p, const X *x, const Y *y, Z *z)`: z = FUNCTION(p, element of x, element of y). An operand
 * that repeats along the row is read once. */
#define MOTE_BINARY(X, Y, FUNCTION)                               \
  MOTE_ROWS(p, a, b, o) {                                         \
    const int32_t count = p->dims[5];                             \
    if (p->y_strides[5] == 0) {                                   \
      const Y v = y[b];                                           \
      for (int32_t i = 0; i < count; ++i) {                       \
        z[o + i] = FUNCTION(p, x[a + i * p->x_strides[5]], v);    \
      }                                                           \
    } else if (p->x_strides[5] == 0) {                            \
      const X u = x[a];                                           \
      for (int32_t i = 0; i < count; ++i) {                       \
        z[o + i] = FUNCTION(p, u, y[b + i]);                      \
      }                                                           \
    } else {                                                      \
      for (int32_t i = 0; i < count; ++i) {                       \
        z[o + i] = FUNCTION(p, x[a + i], y[b + i]);               \
      }                                                           \
    }                                                             \
  }

#endif
