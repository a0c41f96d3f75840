#include "portable/select.h"

/* z = condition ? x : y on elements of int8. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_s8_t;

MOTE_KERNEL void mote_select_s8(const mote_select_s8_t *p, const uint8_t *condition, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_SELECT
}
