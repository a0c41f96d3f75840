#include "portable/requantize.h"

/* Rectifiers on int16: another quantization, then a clamp. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* input scale over output scale */
  int32_t shift;
  int32_t output_zero;
  int32_t low;        /* clamp, quantized */
  int32_t high;
} mote_rescale_clamp_s16_t;

MOTE_KERNEL void mote_rescale_clamp_s16(const mote_rescale_clamp_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int16_t)mote_rescale_narrow(
        x[i], p->input_zero, p->multiplier, p->shift, p->output_zero, p->low, p->high);
  }
}
