#include "portable/quantize_f32.h"

/* Quantizes float to int16. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_quantize_f32_s16_t;

MOTE_KERNEL void mote_quantize_f32_s16(const mote_quantize_f32_s16_t *p, const float *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int16_t)mote_quantize_f32(x[i], p->scale, p->zero_point, INT16_MIN, INT16_MAX);
  }
}
