#include "portable/compare.h"

/* z = x (kind) y on floats; a comparison with NaN is false, except that NaN differs from everything. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_f32_t;

MOTE_KERNEL void mote_compare_f32(const mote_compare_f32_t *p, const float *x, const float *y, uint8_t *z) {
  MOTE_BINARY(float, float, MOTE_COMPARE)
}
