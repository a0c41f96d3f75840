/* Which input positions a position of a transposed convolution collects from, in one dimension. */
#ifndef MOTE_GATHER_H
#define MOTE_GATHER_H

#include "portable/common.h"

/* Input positions position, position + 1, ... reach the output through taps tap, tap - stride, ... */
typedef struct {
  int32_t position;
  int32_t tap;
  int32_t count;
} mote_gather_t;

/* `target` is the output position plus the padding: the sum of position * stride and tap. */
MOTE_KERNEL mote_gather_t mote_gather(int32_t target, int32_t stride, int32_t taps, int32_t extent) {
  mote_gather_t gather;
  const int32_t beyond = target - (taps - 1);
  const int32_t first = beyond > 0 ? (beyond + stride - 1) / stride : 0;
  const int32_t last = target / stride < extent - 1 ? target / stride : extent - 1;
  gather.position = first;
  gather.tap = target - first * stride;
  gather.count = last - first + 1;
  return gather;
}

#endif
