#include "portable/conv2d_f32.c"
#include "portable/weights.h"

/* 2-D convolution, float with half-precision weights [O,KH,KW,C/groups]: four output
 * channels at a time, whose weights are unpacked into the scratch memory once for all pixels. */
typedef mote_conv2d_f32_t mote_conv2d_f32_f16_t;

MOTE_KERNEL void mote_conv2d_f32_f16(const mote_conv2d_f32_f16_t *p, const float *x, const uint16_t *weights,
                                     const float *bias, float *y, float *scratch) {
  const int32_t size = p->kernel_height * p->kernel_width * (p->input_channels / p->groups);
  for (int32_t begin = 0; begin < p->output_channels; begin += 4) {
    const int32_t end = p->output_channels - begin < 4 ? p->output_channels : begin + 4;
    for (int32_t i = 0; i < (end - begin) * size; ++i) {
      scratch[i] = mote_half(weights[begin * size + i]);
    }
    mote_conv2d_f32_channels(p, x, scratch, bias, y, begin, end);
  }
}
