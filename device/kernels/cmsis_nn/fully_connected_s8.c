#include "cmsis_nn/check.h"

/* Rows times a matrix by CMSIS-NN; weights [O,I], one factor for all. Not for cores with vectors, where the library wants
 * sums of the weights. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t output_channels;
  int32_t input_offset;
  int32_t filter_offset;
  int32_t output_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_cmsis_fully_connected_s8_t;

MOTE_KERNEL void mote_cmsis_fully_connected_s8(const mote_cmsis_fully_connected_s8_t *p, const int8_t *x,
                                               const int8_t *weights, const int32_t *bias, int8_t *y) {
  const cmsis_nn_context context = {.buf = NULL, .size = 0};
  const cmsis_nn_fc_params parameters = {.input_offset = p->input_offset,
                                         .filter_offset = p->filter_offset,
                                         .output_offset = p->output_offset,
                                         .activation = {.min = p->output_min, .max = p->output_max}};
  const cmsis_nn_per_tensor_quant_params factor = {.multiplier = p->multiplier, .shift = p->shift};
  const cmsis_nn_dims input = {.n = p->rows, .h = 1, .w = 1, .c = p->depth};
  const cmsis_nn_dims filter = {.n = p->depth, .h = 1, .w = 1, .c = p->output_channels};
  const cmsis_nn_dims sums = {.n = 1, .h = 1, .w = 1, .c = p->output_channels};
  const cmsis_nn_dims output = {.n = p->rows, .h = 1, .w = 1, .c = p->output_channels};
  MOTE_CMSIS_NN_CHECK(
      arm_fully_connected_s8(&context, &parameters, &factor, &input, x, &filter, weights, &sums, bias, &output, y));
}
