#include "armv7em/conv2d_s8.c"
#include "portable/unpack.h"

/* Convolution of int8 pixels with packed weights, any window and dilation: the stream of four output channels is unpacked
 * into scratch memory once for all pixels, whose windows are widened again for every four channels. */
typedef mote_dsp_conv2d_s8_t mote_dsp_packed_conv2d_s8_t;

/* weights: in the order of the wide stream of `matrix_3x2_s8.h`.
 * constants: for every two channels two biases, two doubled multipliers and the word with the shifts.
 * columns: 8 bytes for every weight of one output channel, each kernel row rounded up to four weights, and the stream of
 * two or four channels: 2 bytes for every weight and 20 more for every two. */
MOTE_SHARED void mote_dsp_packed_conv2d_s8(const mote_dsp_packed_conv2d_s8_t *p, const int8_t *x, const uint8_t *weights,
                                           const int32_t *constants, int8_t *y, uint32_t *columns) {
  const int32_t words = p->kernel_h * ((p->kernel_w * p->in_c + 3) >> 2);
  int32_t *const stream = (int32_t *)(void *)(columns + 8 * words);
  mote_unpack_t code;
  mote_unpack_begin(&code, weights);
  for (int32_t channel = 0; channel < p->channels; channel += 4) {
    const int32_t left = p->channels - channel;
    int32_t *to = stream;
    for (int32_t pair = 0; pair < 2 && 2 * pair < left; ++pair) {
      to[0] = constants[0];
      to[1] = constants[1];
      mote_unpack(&code, (int8_t *)(to + 2), 8 * words);
      to += 2 + 2 * words;
      to[0] = constants[2];
      to[1] = constants[3];
      to[2] = constants[4];
      to += 3;
      constants += 5;
    }
    mote_dsp_conv2d(p, x, stream, y + channel, columns, left < 4 ? left : 4,
                    MOTE_MATRIX_3X2_WIDE_STEP_BYTES, mote_matrix_3x2_wide);
  }
}
