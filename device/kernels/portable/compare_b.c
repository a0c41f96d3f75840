#include "portable/compare.h"

/* z = x (kind) y on booleans. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_b_t;

MOTE_KERNEL void mote_compare_b(const mote_compare_b_t *p, const uint8_t *x, const uint8_t *y, uint8_t *z) {
  MOTE_BINARY(uint8_t, uint8_t, MOTE_COMPARE)
}
