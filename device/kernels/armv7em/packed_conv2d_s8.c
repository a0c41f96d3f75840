#include "armv7em/conv2d_s8.c"
#include "portable/unpack.h"

/* Convolution of int8 pixels with packed weights, any window and dilation: the stream of four output channels is unpacked
 * into scratch memory once for all pixels, whose windows are widened again for every four channels. */
typedef mote_dsp_conv2d_s8_t mote_dsp_packed_conv2d_s8_t;

/* weights: in the order of the stream of `matrix_2x2_s8.h`.
 * constants: for every two channels two biases, two multipliers and the word with the shifts.
 * columns: 8 bytes for every weight of one output channel, each kernel row rounded up to four weights, and 40 more. */
MOTE_SHARED void mote_dsp_packed_conv2d_s8(const mote_dsp_packed_conv2d_s8_t *p, const int8_t *x, const uint8_t *weights,
                                           const int32_t *constants, int8_t *y, uint32_t *columns) {
  const int32_t depth4 = p->kernel_h * ((p->kernel_w * p->in_c + 3) >> 2);
  int32_t *const stream = (int32_t *)(void *)(columns + 4 * depth4);
  mote_matrix_2x2_t m = {columns, stream, y, y, 0, 0, p->zero, p->output_min, p->output_max};
  mote_unpack_t code;
  mote_matrix_2x2_depth(&m, depth4);
  mote_unpack_begin(&code, weights);
  for (int32_t channel = 0; channel < p->channels; channel += 4) {
    int32_t *to = stream;
    for (int32_t pair = 0; pair < 2 && channel + 2 * pair < p->channels; ++pair) {
      to[0] = constants[0];
      to[1] = constants[1];
      mote_unpack(&code, (int8_t *)(to + 2), 8 * depth4);
      to += 2 + 2 * depth4;
      to[0] = constants[2];
      to[1] = constants[3];
      to[2] = constants[4];
      to += 3;
      constants += 5;
    }
    to[-1] = (int32_t)((uint32_t)to[-1] | UINT32_C(1) << 31);
    const int8_t *image = x;
    int8_t *out = y + channel;
    int32_t waiting = 0;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
      for (int32_t oy = 0; oy < p->out_h; ++oy) {
        const int32_t top = oy * p->stride_h - p->pad_top;
        for (int32_t ox = 0; ox < p->out_w; ++ox) {
          mote_dsp_conv2d_column(p, image, top, ox * p->stride_w - p->pad_left, columns + 2 * waiting);
          if (waiting != 0) {
            m.y0 = out;
            m.y1 = out + p->channels;
            mote_matrix_2x2_clamp_s8(&m);
            out += 2 * p->channels;
          }
          waiting = 1 - waiting;
        }
      }
      image += p->in_h * p->in_w * p->in_c;
    }
    if (waiting != 0) {
      /* An odd number of windows: the last one is computed twice. */
      for (int32_t i = 0; i < 4 * depth4; i += 4) {
        columns[i + 2] = columns[i];
        columns[i + 3] = columns[i + 1];
      }
      m.y0 = out;
      m.y1 = out;
      mote_matrix_2x2_clamp_s8(&m);
    }
  }
}
