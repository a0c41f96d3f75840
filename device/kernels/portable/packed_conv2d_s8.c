#include "portable/conv2d_s8.c"
#include "portable/unpack.h"

/* 2-D convolution, int8 with packed int8 weights [O,KH,KW,C/groups]: four output channels at a time, whose weights are
 * unpacked into the scratch memory (one byte each) once for all pixels. */
typedef mote_conv2d_s8_t mote_packed_conv2d_s8_t;

MOTE_KERNEL void mote_packed_conv2d_s8(const mote_packed_conv2d_s8_t *p, const int8_t *x, const uint8_t *weights,
                                       const int32_t *bias, const int32_t *multipliers, const int8_t *shifts, int8_t *y,
                                       int8_t *scratch) {
  const int32_t size = p->kernel_height * p->kernel_width * (p->input_channels / p->groups);
  mote_unpack_t code;
  mote_unpack_begin(&code, weights);
  for (int32_t begin = 0; begin < p->output_channels; begin += 4) {
    const int32_t end = p->output_channels - begin < 4 ? p->output_channels : begin + 4;
    mote_unpack(&code, scratch, (end - begin) * size);
    mote_conv2d_s8_channels(p, x, scratch, bias, multipliers, shifts, y, begin, end);
  }
}
