#include "portable/trees.h"

/* Decision trees as code, on features of int8_t. `code` sums the leaves of all trees up for a row. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_code_s8_s32_t;

MOTE_KERNEL void mote_trees_code_s8_s32(const mote_trees_code_s8_s32_t *p, const int8_t *x,
                       void (*code)(const int8_t *x, const void *leaves, int32_t *y), const void *leaves,
                       int32_t *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    code(x, leaves, y);
    x += p->features;
    y += p->columns;
  }
}
