#include "portable/common.h"

/* Magnitude of plain integers; the smallest one stays as it is. */
typedef struct {
  int32_t count; /* elements */
} mote_abs_plain_s16_t;

MOTE_KERNEL void mote_abs_plain_s16(const mote_abs_plain_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int16_t)(x[i] < 0 ? -x[i] : x[i]);
  }
}
