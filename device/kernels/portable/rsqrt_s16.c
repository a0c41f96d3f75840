#include "portable/fixed_inverse_root.h"

/* One over the square root of quantized int16; zero and negative numbers yield the largest value. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* 1 / (sqrt(input scale) * output scale) */
  int32_t shift;
  int32_t output_zero;
} mote_rsqrt_s16_t;

MOTE_KERNEL void mote_rsqrt_s16(const mote_rsqrt_s16_t *p, const int16_t *x, int16_t *y) {
  const int32_t extra_bits = 20;
  for (int32_t i = 0; i < p->count; i++) {
    const int32_t value = x[i] - p->input_zero;
    int32_t result = INT16_MAX;
    if (value > 0) {
      int32_t shift;
      const int32_t root = mote_inverse_root(value, &shift);
      result = mote_requantize(1, root, shift + extra_bits);
      result = mote_requantize(result, p->multiplier, p->shift - extra_bits) + p->output_zero;
    }
    y[i] = (int16_t)mote_clamp(result, INT16_MIN, INT16_MAX);
  }
}
