#include "portable/trees.h"

/* Decision trees as code, on features of int8_t. `code` adds the leaves of all trees to a row. */
typedef struct {
  MOTE_TREES_FIELDS;
} mote_trees_code_s8_f32_t;

MOTE_KERNEL void mote_trees_code_s8_f32(const mote_trees_code_s8_f32_t *p, const int8_t *x,
                       void (*code)(const int8_t *x, const void *leaves, float *y), const void *leaves,
                       const float *base, float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    mote_trees_begin_f32(p->aggregate, p->columns, base, y);
    code(x, leaves, y);
    mote_trees_end_f32(p->aggregate, p->trees, p->columns, base, y);
    x += p->features;
    y += p->columns;
  }
}
