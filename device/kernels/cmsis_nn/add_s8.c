#include "cmsis_nn/check.h"

/* Sum of two tensors of one shape by CMSIS-NN. */
typedef struct {
  int32_t count;
  int32_t x_offset;
  int32_t x_multiplier;
  int32_t x_shift;
  int32_t y_offset;
  int32_t y_multiplier;
  int32_t y_shift;
  int32_t left_shift;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_cmsis_add_s8_t;

MOTE_KERNEL void mote_cmsis_add_s8(const mote_cmsis_add_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_CMSIS_NN_CHECK(arm_elementwise_add_s8(x, y, p->x_offset, p->x_multiplier, p->x_shift, p->y_offset,
                                             p->y_multiplier, p->y_shift, p->left_shift, z, p->output_offset,
                                             p->output_multiplier, p->output_shift, p->output_min, p->output_max,
                                             p->count));
}
