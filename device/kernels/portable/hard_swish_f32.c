#include "portable/common.h"

/* x * min(6, max(0, x + 3)) / 6. */
typedef struct {
  int32_t count; /* elements */
} mote_hard_swish_f32_t;

MOTE_KERNEL void mote_hard_swish_f32(const mote_hard_swish_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    const float gate = x[i] + 3.0f;
    y[i] = x[i] * (gate < 0.0f ? 0.0f : (gate > 6.0f ? 6.0f : gate)) / 6.0f;
  }
}
