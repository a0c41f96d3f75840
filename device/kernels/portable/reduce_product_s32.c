#include "portable/reduce.h"

/* Product of plain int32, which wraps around. */
typedef struct {
  MOTE_REDUCE_FIELDS;
} mote_reduce_product_s32_t;

MOTE_KERNEL void mote_reduce_product_s32(const mote_reduce_product_s32_t *p, const int32_t *x, int32_t *y) {
  MOTE_KEPT(p, base, o) {
    uint32_t product = 1;
    MOTE_REDUCED(p, base, at) {
      product *= (uint32_t)x[at];
    }
    y[o] = (int32_t)product;
  }
}
