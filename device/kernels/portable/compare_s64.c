#include "portable/compare.h"

/* z = x (kind) y on plain int64. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_EQUAL ... */
} mote_compare_s64_t;

MOTE_KERNEL void mote_compare_s64(const mote_compare_s64_t *p, const int64_t *x, const int64_t *y, uint8_t *z) {
  MOTE_BINARY(int64_t, int64_t, MOTE_COMPARE)
}
