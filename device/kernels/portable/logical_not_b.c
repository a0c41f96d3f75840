#include "portable/common.h"

/* 1 for 0 and 0 for everything else. */
typedef struct {
  int32_t count; /* elements */
} mote_logical_not_b_t;

MOTE_KERNEL void mote_logical_not_b(const mote_logical_not_b_t *p, const uint8_t *x, uint8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] == 0 ? 1 : 0;
  }
}
