#include "portable/common.h"

/* Real numbers that quantized int8 stand for. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_dequantize_s8_f32_t;

MOTE_KERNEL void mote_dequantize_s8_f32(const mote_dequantize_s8_f32_t *p, const int8_t *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = p->scale * (float)(x[i] - p->zero_point);
  }
}
