#include "portable/select.h"

/* z = condition ? x : y on elements of int32. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_s32_t;

MOTE_KERNEL void mote_select_s32(const mote_select_s32_t *p, const uint8_t *condition, const int32_t *x, const int32_t *y, int32_t *z) {
  MOTE_SELECT
}
