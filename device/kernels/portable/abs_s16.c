#include "portable/requantize.h"

/* Magnitude of quantized int16. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* input scale over output scale */
  int32_t shift;
  int32_t output_zero;
} mote_abs_s16_t;

MOTE_KERNEL void mote_abs_s16(const mote_abs_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    const int32_t value = x[i] - p->input_zero;
    y[i] = (int16_t)mote_rescale_narrow(
        value < 0 ? -value : value, 0, p->multiplier, p->shift, p->output_zero, INT16_MIN, INT16_MAX);
  }
}
