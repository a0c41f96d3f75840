#include "portable/compare.h"

/* z = x (kind) y on plain int16. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_s16_t;

MOTE_KERNEL void mote_compare_s16(const mote_compare_s16_t *p, const int16_t *x, const int16_t *y, uint8_t *z) {
  MOTE_BINARY(int16_t, int16_t, MOTE_COMPARE)
}
