#include "armv7em/matrix_2x2_s8.h"
#include "armv7em/widen.h"

/* Convolution of int8 pixels, any window and dilation: two windows at a time become widened columns. */
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

/* One kernel row that sticks out of the image, when the channels are no multiple of 4: value by value.
 * A column holds values 0, 2, 1, 3 of every four. */
static __attribute__((noinline, unused)) uint32_t *mote_dsp_conv2d_ragged_row(
    const mote_dsp_conv2d_s8_t *p, const int8_t *row, int32_t left, uint32_t *column) {
  int16_t values[4] = {0, 0, 0, 0};
  int32_t filled = 0;
  for (int32_t kx = 0; kx < p->kernel_w; kx++) {
    const int32_t ix = left + kx * p->dilation_w;
    for (int32_t c = 0; c < p->in_c; c++) {
      const int32_t inside = ix >= 0 && ix < p->in_w;
      values[filled] = (int16_t)(inside ? row[ix * p->in_c + c] : p->input_zero);
      filled = (filled + 1) & 3;
      if (filled == 0 || (kx + 1 == p->kernel_w && c + 1 == p->in_c)) {
        const uint32_t even = (uint16_t)values[0] | (uint32_t)(uint16_t)values[2] << 16;
        const uint32_t odd = (uint16_t)values[1] | (uint32_t)(uint16_t)values[3] << 16;
        MOTE_STORE_COLUMN(column, even, odd);
        values[0] = values[1] = values[2] = values[3] = 0;
      }
    }
  }
  return column;
}

/* The window whose top left corner is at (top, left) as one column of the pair. */
static __attribute__((noinline, unused)) void mote_dsp_conv2d_column(const mote_dsp_conv2d_s8_t *p,
                                                                     const int8_t *x, int32_t top,
                                                                     int32_t left,
                                                                     uint32_t *column) {
  const uint32_t zero = (uint32_t)(uint16_t)p->input_zero * 0x10001u;
  const int32_t row_bytes = p->kernel_w * p->in_c;
  const int32_t dense = p->dilation_w == 1 && left >= 0 && left + p->kernel_w <= p->in_w;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int32_t iy = top + ky * p->dilation_h;
    const int8_t *const row = x + iy * p->in_w * p->in_c;
    if (iy < 0 || iy >= p->in_h) {
      column = mote_fill_column(zero, row_bytes, column);
    } else if (dense) {
      column = mote_widen_column(row + left * p->in_c, row_bytes, column);
    } else if ((p->in_c & 3) == 0) {
      for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t ix = left + kx * p->dilation_w;
        column = ix >= 0 && ix < p->in_w ? mote_widen_column(row + ix * p->in_c, p->in_c, column)
                                         : mote_fill_column(zero, p->in_c, column);
      }
    } else {
      column = mote_dsp_conv2d_ragged_row(p, row, left, column);
    }
  }
}

/* columns: 4 bytes for every weight of one output channel, each kernel row rounded up to four weights.
 * Padding is multiplied like pixels: the stream's biases already hold -input_zero * sum(weights). */
MOTE_KERNEL void mote_dsp_conv2d(const mote_dsp_conv2d_s8_t *p, const int8_t *x,
                                 const int32_t *stream, int8_t *y, uint32_t *columns,
                                 int32_t clamps) {
  const int32_t depth4 = p->kernel_h * ((p->kernel_w * p->in_c + 3) >> 2);
  mote_matrix_2x2_t m = {columns, stream, y, y, 0, 0, p->zero, p->output_min, p->output_max};
  mote_matrix_2x2_depth(&m, depth4);
  int32_t waiting = 0;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      for (int32_t ox = 0; ox < p->out_w; ox++) {
        mote_dsp_conv2d_column(p, x, top, ox * p->stride_w - p->pad_left, columns + 2 * waiting);
        if (waiting != 0) {
          m.y0 = y;
          m.y1 = y + p->channels;
          mote_matrix_2x2(&m, clamps);
          y += 2 * p->channels;
        }
        waiting = 1 - waiting;
      }
    }
    x += p->in_h * p->in_w * p->in_c;
  }
  if (waiting != 0) {
    /* An odd number of windows: the last one fills both columns. */
    const int32_t words = depth4 * 4;
    for (int32_t i = 0; i < words; i += 4) {
      columns[i + 2] = columns[i];
      columns[i + 3] = columns[i + 1];
    }
    m.y0 = y;
    m.y1 = y;
    mote_matrix_2x2(&m, clamps);
  }
}

/* The clamp is the range of int8. */
MOTE_SHARED void mote_dsp_conv2d_s8(const mote_dsp_conv2d_s8_t *p, const int8_t *x,
                                    const int32_t *stream, int8_t *y, uint32_t *columns) {
  mote_dsp_conv2d(p, x, stream, y, columns, 0);
}

typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_clamp_s8_t;

/* Any clamp. */
MOTE_SHARED void mote_dsp_conv2d_clamp_s8(const mote_dsp_conv2d_s8_t *p, const int8_t *x,
                                          const int32_t *stream, int8_t *y, uint32_t *columns) {
  mote_dsp_conv2d(p, x, stream, y, columns, 1);
}
