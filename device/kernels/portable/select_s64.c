#include "portable/select.h"

/* z = condition ? x : y on elements of int64. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_s64_t;

MOTE_KERNEL void mote_select_s64(const mote_select_s64_t *p, const uint8_t *condition, const int64_t *x, const int64_t *y, int64_t *z) {
  MOTE_SELECT
}
