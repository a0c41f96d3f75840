#include "portable/common.h"

/* Magnitude of plain integers; the smallest one stays as it is. */
typedef struct {
  int32_t count; /* elements */
} mote_abs_plain_s64_t;

MOTE_KERNEL void mote_abs_plain_s64(const mote_abs_plain_s64_t *p, const int64_t *x, int64_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] < 0 ? (int64_t)(0 - (uint64_t)x[i]) : x[i];
  }
}
