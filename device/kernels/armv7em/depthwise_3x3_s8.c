#include "armv7em/depthwise_3x3.h"

/* Depthwise 3x3 convolution, multiplier 1, stride 1 or 2: each channel is gathered into a plane of
 * 16-bit values with its padding, then convolved. The plane is complete before its channel is written,
 * so the output may lie in the place of the input. */
typedef struct {
  int32_t batches;
  int32_t in_h;
  int32_t in_w;
  int32_t channels;
  int32_t out_h;
  int32_t out_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t plane_h;    /* (out_h - 1) * stride + 3 */
  int32_t plane_w;    /* even, at least (out_w - 1) * stride + 4 */
  int32_t input_zero; /* what padding holds */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_depthwise_3x3_s8_t;

/* Copies one channel's values, `channels` bytes apart, into the inside of the plane. */
MOTE_KERNEL void mote_dsp_gather(const mote_dsp_depthwise_3x3_s8_t *p, const int8_t *x,
                                 int16_t *plane) {
  const int32_t step = p->channels;
  const int32_t rows = p->in_h < p->plane_h - p->pad_top ? p->in_h : p->plane_h - p->pad_top;
  const int32_t columns = p->in_w < p->plane_w - p->pad_left ? p->in_w : p->plane_w - p->pad_left;
  int16_t *row = plane + p->pad_top * p->plane_w + p->pad_left;
  for (int32_t iy = 0; iy < rows; iy++) {
    const int8_t *from = x;
    int16_t *to = row;
    int32_t left = columns;
    for (; left >= 4; left -= 4) {
      const int8_t *const middle = from + 2 * step;
      to[0] = from[0];
      to[1] = from[step];
      to[2] = middle[0];
      to[3] = middle[step];
      from = middle + 2 * step;
      to += 4;
    }
    for (; left > 0; left--) {
      *to++ = *from;
      from += step;
    }
    x += p->in_w * step;
    row += p->plane_w;
  }
}

/* stream: for every channel bias (with -input_zero * sum(weights)), multiplier, and three words with
 * the kernel rows, the first holding the right shift in its second byte.
 * plane: plane_h * plane_w 16-bit values of scratch. */
MOTE_KERNEL void mote_dsp_depthwise_3x3(const mote_dsp_depthwise_3x3_s8_t *p, const int8_t *x,
                                        const int32_t *stream, int8_t *y, int16_t *plane,
                                        int32_t stride,
                                        void (*convolve)(const mote_depthwise_3x3_t *m)) {
  mote_depthwise_3x3_t m;
  m.step = p->channels;
  m.zero = p->zero;
  m.rows = p->out_h;
  m.row_end = 0;
  m.row_bytes = stride == 1 ? (p->out_w >> 1) * 4 : p->out_w * 4;
  m.row_gap = stride * p->plane_w * 2 - m.row_bytes;
  m.odd = p->out_w & 1;
  m.low = p->output_min;
  m.high = p->output_max;
  m.plane = plane;
  m.plane_row = p->plane_w * 2;
  for (int32_t i = 0; i < p->plane_h * p->plane_w; i++) {
    plane[i] = (int16_t)p->input_zero;
  }
  for (int32_t batch = 0; batch < p->batches; batch++) {
    const int32_t *w = stream;
    for (int32_t c = 0; c < p->channels; c++) {
      mote_dsp_gather(p, x + c, plane);
      m.y = y + c;
      m.bias = w[0];
      m.multiplier = w[1];
      m.right = (w[2] >> 8) & 0xff;
      m.weights = w + 2;
      w += 5;
      convolve(&m);
    }
    x += p->in_h * p->in_w * p->channels;
    y += p->out_h * p->out_w * p->channels;
  }
}

#define MOTE_DSP_DEPTHWISE_3X3(name, stride, convolve)                                        \
  MOTE_SHARED void name(const mote_dsp_depthwise_3x3_s8_t *p, const int8_t *x,                \
                        const int32_t *stream, int8_t *y, int16_t *plane) {                   \
    mote_dsp_depthwise_3x3(p, x, stream, y, plane, stride, convolve);                         \
  }

typedef mote_dsp_depthwise_3x3_s8_t mote_dsp_depthwise_3x3_clamp_s8_t;
typedef mote_dsp_depthwise_3x3_s8_t mote_dsp_depthwise_3x3_stride_2_s8_t;
typedef mote_dsp_depthwise_3x3_s8_t mote_dsp_depthwise_3x3_stride_2_clamp_s8_t;

MOTE_DSP_DEPTHWISE_3X3(mote_dsp_depthwise_3x3_s8, 1, mote_depthwise_3x3_stride_1)
MOTE_DSP_DEPTHWISE_3X3(mote_dsp_depthwise_3x3_clamp_s8, 1, mote_depthwise_3x3_stride_1_clamp)
MOTE_DSP_DEPTHWISE_3X3(mote_dsp_depthwise_3x3_stride_2_s8, 2, mote_depthwise_3x3_stride_2)
MOTE_DSP_DEPTHWISE_3X3(mote_dsp_depthwise_3x3_stride_2_clamp_s8, 2,
                       mote_depthwise_3x3_stride_2_clamp)
