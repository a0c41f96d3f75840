#include "portable/requantize.h"

/* Quantized int32 to int16 of another quantization. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* input scale over output scale */
  int32_t shift;
  int32_t output_zero;
} mote_requantize_s32_s16_t;

MOTE_KERNEL void mote_requantize_s32_s16(const mote_requantize_s32_s16_t *p, const int32_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int16_t)mote_requantize_between(
        x[i], p->input_zero, p->multiplier, p->shift, p->output_zero, INT16_MIN, INT16_MAX);
  }
}
