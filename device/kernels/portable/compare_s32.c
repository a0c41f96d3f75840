#include "portable/compare.h"

/* z = x (kind) y on plain int32. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_s32_t;

MOTE_KERNEL void mote_compare_s32(const mote_compare_s32_t *p, const int32_t *x, const int32_t *y, uint8_t *z) {
  MOTE_BINARY(int32_t, int32_t, MOTE_COMPARE)
}
