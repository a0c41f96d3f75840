#include "portable/requantize.h"

/* Quantized int8 to uint8 of another quantization. */
typedef struct {
  int32_t count;      /* elements */
  int32_t input_zero;
  int32_t multiplier; /* input scale over output scale */
  int32_t shift;
  int32_t output_zero;
} mote_requantize_s8_u8_t;

MOTE_KERNEL void mote_requantize_s8_u8(const mote_requantize_s8_u8_t *p, const int8_t *x, uint8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (uint8_t)mote_rescale_narrow(
        x[i], p->input_zero, p->multiplier, p->shift, p->output_zero, 0, UINT8_MAX);
  }
}
