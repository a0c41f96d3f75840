#include "portable/compare.h"

/* z = x (kind) y on plain int8. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_s8_t;

MOTE_KERNEL void mote_compare_s8(const mote_compare_s8_t *p, const int8_t *x, const int8_t *y, uint8_t *z) {
  MOTE_BINARY(int8_t, int8_t, MOTE_COMPARE)
}
