#include "armv7em/matrix_3x2_s8.h"
#include "armv7em/widen.h"

/* Convolution of int8 pixels, any window and dilation: three windows at a time become widened columns. */
typedef struct {
  int32_t batches;
  int32_t in_h;
  int32_t in_w;
  int32_t in_c;
  int32_t out_h;
  int32_t out_w;
  int32_t channels; /* output channels */
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t input_zero; /* what padding holds */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_conv2d_s8_t;

/* The values of the window whose top left corner is at (top, left), each row rounded up to four values. */
static __attribute__((noinline, unused)) void mote_dsp_conv2d_window(const mote_dsp_conv2d_s8_t *p,
                                                                     const int8_t *x, int32_t top,
                                                                     int32_t left, int8_t *to) {
  const int32_t in_c = p->in_c;
  const int32_t row_bytes = (p->kernel_w * in_c + 3) & -4;
  /* undilated rows are one run of pixels, dilated ones are runs of a single pixel */
  const int32_t run = p->dilation_w == 1 ? p->kernel_w : 1;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int32_t iy = top + ky * p->dilation_h;
    const int32_t inside = iy >= 0 && iy < p->in_h;
    int8_t *value = to;
    for (int32_t kx = 0; kx < p->kernel_w; kx += run) {
      const int32_t ix = left + kx * p->dilation_w;
      int32_t first = ix < 0 ? -ix : 0;
      int32_t last = ix + run > p->in_w ? p->in_w - ix : run;
      if (!inside || first >= last) {
        first = run;
        last = run;
      }
      value = mote_fill_values(p->input_zero, first * in_c, value);
      value = mote_copy_values(x + (iy * p->in_w + ix + first) * in_c, (last - first) * in_c, value);
      value = mote_fill_values(p->input_zero, (run - last) * in_c, value);
    }
    to += row_bytes;
  }
}

/* Whether windows from `left` to `right`, their first columns, can be widened where they lie: what is read behind a ragged
 * row meets weights of zero, but must not lie behind the image. */
static __attribute__((noinline, unused)) int32_t mote_dsp_conv2d_dense(const mote_dsp_conv2d_s8_t *p, int32_t top,
                                                                       int32_t left, int32_t right) {
  const int32_t bottom = top + (p->kernel_h - 1) * p->dilation_h;
  const int32_t read = (bottom * p->in_w + right) * p->in_c + ((p->kernel_w * p->in_c + 3) & -4);
  return p->dilation_w == 1 && top >= 0 && bottom < p->in_h && left >= 0 && right + p->kernel_w <= p->in_w &&
         read <= p->in_h * p->in_w * p->in_c;
}

/* Computes `channels` output channels from y on.
 * columns: 6 bytes for every weight of one output channel, each kernel row rounded up to four weights; 2 more for each
 * unless all windows are dense.
 * Padding is multiplied like pixels: the stream's biases already hold -input_zero * sum(weights). */
MOTE_KERNEL void mote_dsp_conv2d(const mote_dsp_conv2d_s8_t *p, const int8_t *x,
                                 const int32_t *stream, int8_t *y, uint32_t *columns,
                                 int32_t channels, int32_t step_bytes,
                                 void (*product)(const mote_matrix_3x2_t *, const int32_t *)) {
  const int32_t row_words = (p->kernel_w * p->in_c + 3) >> 2;
  const int32_t words = p->kernel_h * row_words;
  const int32_t step = p->stride_w * p->in_c;
  const int32_t gap = p->dilation_h * p->in_w * p->in_c - 4 * row_words;
  int32_t prepared = 0;
  mote_matrix_3x2_t m;
  m.columns = columns;
  m.zero = p->zero;
  m.low = p->output_min;
  m.high = p->output_max;
  m.y = y;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    int32_t ox = 0;
    int32_t top = -p->pad_top;
    for (int32_t pixels = p->out_h * p->out_w; pixels > 0; pixels -= 3) {
      const int32_t count = pixels < 3 ? pixels : 3;
      const int32_t left = ox * p->stride_w - p->pad_left;
      if (count != prepared) {
        mote_matrix_3x2_prepare(&m, words, count, p->channels, step_bytes);
        prepared = count;
      }
      const int8_t *rows[3];
      int32_t gaps[3] = {gap, gap, gap};
      if (ox + 3 <= p->out_w && mote_dsp_conv2d_dense(p, top, left, left + 2 * p->stride_w)) {
        rows[0] = x + (top * p->in_w + left) * p->in_c;
        rows[1] = rows[0] + step;
        rows[2] = rows[1] + step;
        ox += 3;
      } else {
        /* widening copied values overwrites them, but none before it is read */
        int8_t *values = (int8_t *)(columns + 5 * words);
        for (int32_t i = 0; i < count; i++) {
          if (ox == p->out_w) {
            ox = 0;
            top += p->stride_h;
          }
          const int32_t from = ox * p->stride_w - p->pad_left;
          if (mote_dsp_conv2d_dense(p, top, from, from)) {
            rows[i] = x + (top * p->in_w + from) * p->in_c;
          } else {
            mote_dsp_conv2d_window(p, x, top, from, values);
            rows[i] = values;
            gaps[i] = 0;
          }
          values += 4 * words;
          ox++;
        }
        for (int32_t i = count; i < 3; i++) {
          rows[i] = rows[i - 1];
          gaps[i] = gaps[i - 1];
        }
      }
      mote_widen_3(rows, columns, row_words, p->kernel_h, gaps);
      if (ox == p->out_w) {
        ox = 0;
        top += p->stride_h;
      }
      m.end = m.y + channels;
      product(&m, stream);
      m.y += count * p->channels;
    }
    x += p->in_h * p->in_w * p->in_c;
  }
}

#define MOTE_DSP_CONV2D(name, step_bytes, product)                                              \
  MOTE_SHARED void name(const mote_dsp_conv2d_s8_t *p, const int8_t *x, const int32_t *stream,  \
                        int8_t *y, uint32_t *columns) {                                         \
    mote_dsp_conv2d(p, x, stream, y, columns, p->channels, step_bytes, product);                             \
  }

typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_relu_s8_t;
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_clamp_s8_t;
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_wide_s8_t;
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_s4_t;

MOTE_DSP_CONV2D(mote_dsp_conv2d_s8, 0, mote_matrix_3x2)
MOTE_DSP_CONV2D(mote_dsp_conv2d_relu_s8, 0, mote_matrix_3x2_relu)
MOTE_DSP_CONV2D(mote_dsp_conv2d_clamp_s8, 0, mote_matrix_3x2_clamp)
MOTE_DSP_CONV2D(mote_dsp_conv2d_wide_s8, MOTE_MATRIX_3X2_WIDE_STEP_BYTES, mote_matrix_3x2_wide)
MOTE_DSP_CONV2D(mote_dsp_conv2d_s4, MOTE_MATRIX_3X2_S4_STEP_BYTES, mote_matrix_3x2_s4)
