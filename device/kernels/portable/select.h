/* The walk and the body that selections share: three operands broadcast to the output. */
#ifndef MOTE_SELECT_H
#define MOTE_SELECT_H

#include "portable/broadcast.h"

#define MOTE_SELECT_FIELDS         \
  MOTE_BROADCAST_FIELDS;           \
  int32_t condition_strides[6]

/* The whole body of a kernel `(p, const uint8_t *condition, const T *x, const T *y, T *z)`. */
#define MOTE_SELECT                                                                                        \
  MOTE_ROWS(p, a, b, o) {                                                                                  \
    const int32_t c = i0_ * p->condition_strides[0] + i1_ * p->condition_strides[1] +                      \
                      i2_ * p->condition_strides[2] + i3_ * p->condition_strides[3] +                      \
                      i4_ * p->condition_strides[4];                                                       \
    for (int32_t i = 0; i < p->dims[5]; ++i) {                                                             \
      z[o + i] = condition[c + i * p->condition_strides[5]] != 0 ? x[a + i * p->x_strides[5]]              \
                                                                 : y[b + i * p->y_strides[5]];             \
    }                                                                                                      \
  }

#endif
