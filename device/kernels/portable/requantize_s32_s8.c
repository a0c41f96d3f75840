#include "portable/requantize.h"

/* Quantized int32 to int8 of another quantization. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* input scale over output scale */
  int32_t shift;
  int32_t output_zero;
} mote_requantize_s32_s8_t;

MOTE_KERNEL void mote_requantize_s32_s8(const mote_requantize_s32_s8_t *p, const int32_t *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int8_t)mote_requantize_between(
        x[i], p->input_zero, p->multiplier, p->shift, p->output_zero, INT8_MIN, INT8_MAX);
  }
}
