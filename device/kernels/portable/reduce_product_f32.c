#include "portable/reduce.h"

/* Product of floats in row-major order. */
typedef struct {
  MOTE_REDUCE_FIELDS;
} mote_reduce_product_f32_t;

MOTE_KERNEL void mote_reduce_product_f32(const mote_reduce_product_f32_t *p, const float *x, float *y) {
  MOTE_KEPT(p, base, o) {
    float product = 1.0f;
    MOTE_REDUCED(p, base, at) {
      product *= x[at];
    }
    y[o] = product;
  }
}
