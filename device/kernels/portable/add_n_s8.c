#include "portable/common.h"

/* Sum of several tensors of int8 with one quantization, element by element. It starts from the integer 0 and not from the
 * real 0, as TFLite Micro's does. All have one scale, so that bringing them to it is an exact shift to the left by 19.
 * Source: TFLite, AddN. */
typedef struct {
  int32_t count;        /* elements of each tensor */
  int32_t inputs;       /* number of tensors */
  int32_t input_offset; /* minus the zero point, times the number of tensors plus one */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_add_n_s8_t;

MOTE_KERNEL void mote_add_n_s8(const mote_add_n_s8_t *p, const void *const *inputs, int8_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    int32_t sum = p->input_offset;
    for (int32_t j = 0; j < p->inputs; ++j) {
      sum += ((const int8_t *)inputs[j])[i];
    }
    const int32_t scaled =
        mote_requantize((int32_t)((uint32_t)sum << 19), p->output_multiplier, p->output_shift);
    y[i] = mote_clamp_s8(scaled + p->output_offset, INT8_MIN, INT8_MAX);
  }
}
