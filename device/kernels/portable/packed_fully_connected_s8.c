#include "portable/fully_connected_s8.c"
#include "portable/unpack.h"

/* y = x * transposed weights + bias for one row of x, int8 with packed int8 weights [O,I]; a part of a row of weights is
 * unpacked at a time. */
typedef mote_fully_connected_s8_t mote_packed_fully_connected_s8_t;

MOTE_KERNEL void mote_packed_fully_connected_s8(const mote_packed_fully_connected_s8_t *p, const int8_t *x,
                                                const uint8_t *weights, const int32_t *bias, const int32_t *multipliers,
                                                const int8_t *shifts, int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  int8_t part[64];
  mote_unpack_t code;
  mote_unpack_begin(&code, weights);
  for (int32_t c = 0; c < p->channels; ++c) {
    int32_t sum = bias != NULL ? bias[c] : 0;
    for (int32_t at = 0; at < p->depth; at += 64) {
      const int32_t count = p->depth - at < 64 ? p->depth - at : 64;
      mote_unpack(&code, part, count);
      sum = mote_dot_s8(x + at, part, count, p->x_zero, 0, sum);
    }
    y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
  }
}
