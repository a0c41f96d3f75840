#include "armv7em/sums.h"

/* Sum or mean of quantized int8 over a dimension that others follow, see mote_reduce_sum_s8: four elements of these at a
 * time; there are at least four. */
typedef struct {
  int32_t outer;
  int32_t reduced;
  int32_t inner;
  int32_t input_offset; /* minus the zero point, times the number of reduced elements */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_dsp_reduce_sum_s8_t;

MOTE_SHARED void mote_dsp_reduce_sum_s8(const mote_dsp_reduce_sum_s8_t *p, const int8_t *x, int8_t *y) {
  const int32_t inner = p->inner;
  for (int32_t outer = 0; outer < p->outer; outer++) {
    for (int32_t c = 0; c < inner; c += 4) {
      const int32_t at = c + 4 <= inner ? c : inner - 4;
      int32_t sums[4] = {p->input_offset, p->input_offset, p->input_offset, p->input_offset};
      mote_sums_s8(x + at, inner, p->reduced, sums);
      for (int32_t i = 0; i < 4; i++) {
        const int32_t scaled = mote_requantize(sums[i], p->output_multiplier, p->output_shift);
        y[at + i] = mote_clamp_s8(scaled + p->output_offset, INT8_MIN, INT8_MAX);
      }
    }
    x += p->reduced * inner;
    y += inner;
  }
}
