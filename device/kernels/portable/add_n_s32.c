#include "portable/common.h"

/* Sum of several tensors of plain int32, which wraps around, element by element. */
typedef struct {
  int32_t count;  /* elements of each tensor */
  int32_t inputs; /* number of tensors */
} mote_add_n_s32_t;

MOTE_KERNEL void mote_add_n_s32(const mote_add_n_s32_t *p, const void *const *inputs, int32_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    uint32_t sum = 0;
    for (int32_t j = 0; j < p->inputs; ++j) {
      sum += (uint32_t)((const int32_t *)inputs[j])[i];
    }
    y[i] = (int32_t)sum;
  }
}
