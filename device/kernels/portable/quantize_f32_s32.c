#include <math.h>

#include "portable/common.h"

/* Quantizes float to int32, rounded half away from zero, saturating; NaN becomes the smallest value. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_quantize_f32_s32_t;

MOTE_KERNEL void mote_quantize_f32_s32(const mote_quantize_f32_s32_t *p, const float *x, int32_t *y) {
  /* Beyond every int32, whatever the zero point. */
  const float limit = 8589934592.0f;
  for (int32_t i = 0; i < p->count; i++) {
    const float scaled = roundf(x[i] / p->scale);
    int64_t value = -(INT64_C(1) << 33);
    if (scaled > -limit) {
      value = scaled < limit ? (int64_t)scaled : (INT64_C(1) << 33);
    }
    value += p->zero_point;
    y[i] = value < INT32_MIN ? INT32_MIN : (value > INT32_MAX ? INT32_MAX : (int32_t)value);
  }
}
