#include "portable/trees.h"

/* Decision trees as code, on features of int16_t. `code` adds the leaves of all trees to a row. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_code_s16_s32_t;

MOTE_KERNEL void mote_trees_code_s16_s32(const mote_trees_code_s16_s32_t *p, const int16_t *x,
                       void (*code)(const int16_t *x, const void *leaves, int32_t *y), const void *leaves,
                       const int32_t *base, int32_t *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    for (int32_t k = 0; k < p->columns; ++k) {
      y[k] = base[k];
    }
    code(x, leaves, y);
    x += p->features;
    y += p->columns;
  }
}
