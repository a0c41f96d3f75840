#include "portable/common.h"

/* The negative of plain integers; the smallest one stays as it is. */
typedef struct {
  int32_t count; /* elements */
} mote_neg_plain_s32_t;

MOTE_KERNEL void mote_neg_plain_s32(const mote_neg_plain_s32_t *p, const int32_t *x, int32_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int32_t)(0 - (uint32_t)x[i]);
  }
}
