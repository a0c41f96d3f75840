#include "cmsis_nn/check.h"

/* Product of two tensors of one shape by CMSIS-NN. */
typedef struct {
  int32_t count;
  int32_t x_offset;
  int32_t y_offset;
  int32_t output_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_cmsis_mul_s8_t;

MOTE_KERNEL void mote_cmsis_mul_s8(const mote_cmsis_mul_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_CMSIS_NN_CHECK(arm_elementwise_mul_s8(x, y, p->x_offset, p->y_offset, z, p->output_offset, p->multiplier,
                                             p->shift, p->output_min, p->output_max, p->count));
}
