#include "portable/common.h"

/* Real numbers that quantized int32 stand for; the product is taken in double, since float cannot hold every int32. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_dequantize_s32_f32_t;

MOTE_KERNEL void mote_dequantize_s32_f32(const mote_dequantize_s32_f32_t *p, const int32_t *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (float)((double)p->scale * ((double)x[i] - (double)p->zero_point));
  }
}
