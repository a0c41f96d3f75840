#include "portable/reduce.h"

/* Sum or mean of quantized int8: the mean differs in its multiplier only. The sum of the elements fits in an int32.
 * Source: TFLite, QuantizedMeanOrSum. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t input_offset; /* minus the zero point, times the number of reduced elements */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_reduce_sum_s8_t;

MOTE_KERNEL void mote_reduce_sum_s8(const mote_reduce_sum_s8_t *p, const int8_t *x, int8_t *y) {
  MOTE_KEPT(p, base, o) {
    int32_t sum = 0;
    MOTE_REDUCED(p, base, at) {
      sum += x[at];
    }
    const int32_t scaled = mote_requantize(sum + p->input_offset, p->output_multiplier, p->output_shift);
    y[o] = mote_clamp_s8(scaled + p->output_offset, INT8_MIN, INT8_MAX);
  }
}
