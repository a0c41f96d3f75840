#include "portable/common.h"

/* Sum of several tensors of floats, element by element. */
typedef struct {
  int32_t count;  /* elements of each tensor */
  int32_t inputs; /* number of tensors */
} mote_add_n_f32_t;

MOTE_KERNEL void mote_add_n_f32(const mote_add_n_f32_t *p, const void *const *inputs, float *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    float sum = 0;
    for (int32_t j = 0; j < p->inputs; ++j) {
      sum += (float)((const float *)inputs[j])[i];
    }
    y[i] = (float)sum;
  }
}
