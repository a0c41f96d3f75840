#include "portable/select.h"

/* z = condition ? x : y on elements of int16. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_s16_t;

MOTE_KERNEL void mote_select_s16(const mote_select_s16_t *p, const uint8_t *condition, const int16_t *x, const int16_t *y, int16_t *z) {
  MOTE_SELECT
}
