#include "portable/requantize.h"

/* int16: x where not negative, alpha * x elsewhere. */
typedef struct {
  int32_t count;            /* elements */
  int32_t input_zero;
  int32_t output_zero;
  int32_t multiplier;       /* input scale over output scale */
  int32_t shift;
  int32_t alpha_multiplier; /* the same times alpha; may be negative */
  int32_t alpha_shift;
} mote_leaky_relu_s16_t;

MOTE_KERNEL void mote_leaky_relu_s16(const mote_leaky_relu_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    const int32_t value = x[i] - p->input_zero;
    const int32_t result = value >= 0 ? mote_requantize(value, p->multiplier, p->shift)
                                      : mote_requantize(value, p->alpha_multiplier, p->alpha_shift);
    y[i] = (int16_t)mote_clamp(result + p->output_zero, INT16_MIN, INT16_MAX);
  }
}
