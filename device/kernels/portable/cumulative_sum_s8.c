#include "portable/cumulative_sum.h"

/* Running sums of quantized int8. The sum starts from the integer 0 and not from the real 0, as TFLite Micro's does. Both
 * operands of each addition have one scale, so that bringing them to it is an exact shift to the left by 19. Source:
 * TFLite, CumSum. */
typedef struct {
  MOTE_CUMULATIVE_SUM_FIELDS;
  int32_t input_offset; /* minus the zero point */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_cumulative_sum_s8_t;

MOTE_KERNEL void mote_cumulative_sum_s8(const mote_cumulative_sum_s8_t *p, const int8_t *x, int8_t *y) {
  MOTE_LINES(p, first) {
    int32_t sum = p->input_offset;
    MOTE_LINE(p, first, at) {
      const int32_t before = sum;
      sum += x[at] + p->input_offset;
      const uint32_t shifted = (uint32_t)(p->exclusive != 0 ? before : sum) << 19;
      const int32_t scaled = mote_requantize((int32_t)shifted, p->output_multiplier, p->output_shift);
      y[at] = mote_clamp_s8(scaled + p->output_offset, INT8_MIN, INT8_MAX);
    }
  }
}
