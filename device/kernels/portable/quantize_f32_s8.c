#include "portable/quantize_f32.h"

/* Quantizes float to int8. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_quantize_f32_s8_t;

MOTE_KERNEL void mote_quantize_f32_s8(const mote_quantize_f32_s8_t *p, const float *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int8_t)mote_quantize_f32(x[i], p->scale, p->zero_point, INT8_MIN, INT8_MAX);
  }
}
