#include "cmsis_nn/check.h"

/* Softmax over rows by CMSIS-NN. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t multiplier;
  int32_t shift;
  int32_t diff_min;
} mote_cmsis_softmax_s8_t;

MOTE_KERNEL void mote_cmsis_softmax_s8(const mote_cmsis_softmax_s8_t *p, const int8_t *x, int8_t *y) {
  arm_softmax_s8(x, p->rows, p->depth, p->multiplier, p->shift, p->diff_min, y);
}
