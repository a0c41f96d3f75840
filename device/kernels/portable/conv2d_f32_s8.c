#include "portable/conv2d_f32.c"
#include "portable/weights.h"

/* 2-D convolution, float with symmetric int8 weights [O,KH,KW,C/groups], which are scaled per channel: four output
 * channels at a time, whose weights are unpacked into the scratch memory once for all pixels. */
typedef mote_conv2d_f32_t mote_conv2d_f32_s8_t;

MOTE_KERNEL void mote_conv2d_f32_s8(const mote_conv2d_f32_s8_t *p, const float *x, const int8_t *weights,
                                    const float *bias, const float *scales, float *y, float *scratch) {
  const int32_t size = p->kernel_height * p->kernel_width * (p->input_channels / p->groups);
  for (int32_t begin = 0; begin < p->output_channels; begin += 4) {
    const int32_t end = p->output_channels - begin < 4 ? p->output_channels : begin + 4;
    for (int32_t c = begin; c < end; ++c) {
      for (int32_t i = 0; i < size; ++i) {
        scratch[(c - begin) * size + i] = scales[c] * (float)weights[c * size + i];
      }
    }
    mote_conv2d_f32_channels(p, x, scratch, bias, y, begin, end);
  }
}
