#include "portable/requantize.h"

/* int16: x where not negative, alpha * x elsewhere; alpha is int8 and broadcast to x. */
typedef struct {
  int32_t dims[4];            /* extents of x */
  int32_t alpha_strides[4];   /* in elements; 0 where broadcast */
  int32_t input_zero;
  int32_t alpha_zero;
  int32_t output_zero;
  int32_t multiplier;         /* input scale over output scale */
  int32_t shift;
  int32_t alpha_multiplier;   /* input scale times alpha's scale over output scale */
  int32_t alpha_shift;
} mote_prelu_s16_t;

MOTE_KERNEL void mote_prelu_s16(const mote_prelu_s16_t *p, const int16_t *x, const int8_t *alpha, int16_t *y) {
  for (int32_t a = 0; a < p->dims[0]; a++) {
    for (int32_t b = 0; b < p->dims[1]; b++) {
      for (int32_t c = 0; c < p->dims[2]; c++) {
        const int8_t *slope = alpha + a * p->alpha_strides[0] + b * p->alpha_strides[1] + c * p->alpha_strides[2];
        for (int32_t d = 0; d < p->dims[3]; d++) {
          const int32_t value = *x++ - p->input_zero;
          int32_t result;
          if (value >= 0) {
            result = mote_requantize(value, p->multiplier, p->shift);
          } else {
            const int32_t factor = slope[d * p->alpha_strides[3]] - p->alpha_zero;
            result = mote_requantize(value * factor, p->alpha_multiplier, p->alpha_shift);
          }
          *y++ = (int16_t)mote_clamp(result + p->output_zero, INT16_MIN, INT16_MAX);
        }
      }
    }
  }
}
