#include "cmsis_nn/check.h"

/* What pooling by CMSIS-NN takes. */
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
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_min;
  int32_t output_max;
  int32_t scratch_bytes;
} mote_cmsis_pool_s8_t;

typedef struct {
  cmsis_nn_context context;
  cmsis_nn_pool_params parameters;
  cmsis_nn_dims input;
  cmsis_nn_dims filter;
  cmsis_nn_dims output;
} mote_cmsis_pool_call_t;

MOTE_KERNEL mote_cmsis_pool_call_t mote_cmsis_pool_call(const mote_cmsis_pool_s8_t *p, void *scratch) {
  const mote_cmsis_pool_call_t call = {
      .context = {.buf = p->scratch_bytes > 0 ? scratch : NULL, .size = p->scratch_bytes},
      .parameters = {.stride = {.w = p->stride_width, .h = p->stride_height},
                     .padding = {.w = p->pad_left, .h = p->pad_top},
                     .activation = {.min = p->output_min, .max = p->output_max}},
      .input = {.n = p->batches, .h = p->input_height, .w = p->input_width, .c = p->input_channels},
      .filter = {.n = 1, .h = p->kernel_height, .w = p->kernel_width, .c = 1},
      .output = {.n = p->batches, .h = p->output_height, .w = p->output_width, .c = p->input_channels}};
  return call;
}
