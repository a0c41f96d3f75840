#include "cmsis_nn/check.h"

/* Depthwise convolution by CMSIS-NN; weights [1,KH,KW,O], tables for every channel. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t channel_multiplier;
  int32_t input_offset;
  int32_t output_offset;
  int32_t output_min;
  int32_t output_max;
  int32_t scratch_bytes;
} mote_cmsis_depthwise_conv2d_s8_t;

MOTE_KERNEL void mote_cmsis_depthwise_conv2d_s8(const mote_cmsis_depthwise_conv2d_s8_t *p, const int8_t *x,
                                                const int8_t *weights, const int32_t *bias, const int32_t *multipliers,
                                                const int32_t *shifts, int8_t *y, void *scratch) {
  const int32_t channels = p->input_channels * p->channel_multiplier;
  const cmsis_nn_context context = {.buf = p->scratch_bytes > 0 ? scratch : NULL, .size = p->scratch_bytes};
  const cmsis_nn_dw_conv_params parameters = {.input_offset = p->input_offset,
                                              .output_offset = p->output_offset,
                                              .ch_mult = p->channel_multiplier,
                                              .stride = {.w = p->stride_width, .h = p->stride_height},
                                              .padding = {.w = p->pad_left, .h = p->pad_top},
                                              .dilation = {.w = p->dilation_width, .h = p->dilation_height},
                                              .activation = {.min = p->output_min, .max = p->output_max}};
  /* The library only reads them. */
  const cmsis_nn_per_channel_quant_params factors = {.multiplier = (int32_t *)(uintptr_t)multipliers,
                                                     .shift = (int32_t *)(uintptr_t)shifts};
  const cmsis_nn_dims input = {.n = p->batches, .h = p->input_height, .w = p->input_width, .c = p->input_channels};
  const cmsis_nn_dims filter = {.n = 1, .h = p->kernel_height, .w = p->kernel_width, .c = channels};
  const cmsis_nn_dims sums = {.n = 1, .h = 1, .w = 1, .c = channels};
  const cmsis_nn_dims output = {.n = p->batches, .h = p->output_height, .w = p->output_width, .c = channels};
  MOTE_CMSIS_NN_CHECK(arm_depthwise_conv_wrapper_s8(&context, &parameters, &factors, &input, x, &filter, weights, &sums,
                                                    bias, &output, y));
}
