#include "portable/select.h"

/* z = condition ? x : y on elements of float. */
typedef struct {
  MOTE_SELECT_FIELDS;
} mote_select_f32_t;

MOTE_KERNEL void mote_select_f32(const mote_select_f32_t *p, const uint8_t *condition, const float *x, const float *y, float *z) {
  MOTE_SELECT
}
