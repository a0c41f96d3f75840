#include "armv7em/sparse_s8.h"

/* Fully connected layer of int8 for one row of inputs, whose weights are stored without the groups that are zero. */
typedef struct {
  int32_t depth;      /* inputs, a multiple of 4 */
  int32_t channels;   /* outputs */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_sparse_fully_connected_s8_t;

/* columns: 2 bytes of scratch for every input; all are read before an output is written. */
MOTE_SHARED void mote_dsp_sparse_fully_connected_s8(const mote_dsp_sparse_fully_connected_s8_t *p, const int8_t *x,
                                                    const int32_t *stream, int8_t *y, uint32_t *columns) {
  const int8_t *const end = y + p->channels;
  uint32_t *to = columns;
  for (const int8_t *const last = x + p->depth; x != last; x += 4) {
    const uint32_t values = mote_load_u32(x);
    *to++ = mote_widen_even(values);
    *to++ = mote_widen_odd(values);
  }
  for (; y != end; ++y) {
    const int32_t multiplier = stream[1];
    const int32_t right = stream[2] & 31;
    int32_t sum;
    stream = mote_sparse_1(columns, stream, &sum);
    *y = (int8_t)mote_clamp(mote_requantize_right_doubled(sum, multiplier, right, p->zero), p->output_min,
                            p->output_max);
  }
}
