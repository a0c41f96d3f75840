#include "portable/select.h"

/* z = condition ? x : y on elements of booleans. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_b_t;

MOTE_KERNEL void mote_select_b(const mote_select_b_t *p, const uint8_t *condition, const uint8_t *x, const uint8_t *y, uint8_t *z) {
  MOTE_SELECT
}
