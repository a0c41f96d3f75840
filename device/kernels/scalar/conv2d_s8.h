/* Convolution of int8 pixels, any window and dilation: two windows at a time become a column of pairs. */
#ifndef MOTE_SCALAR_CONV2D_S8_H
#define MOTE_SCALAR_CONV2D_S8_H

#include "scalar/pairs.h"

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
  int32_t stream_size; /* words */
  int32_t input_zero;  /* what padding holds */
  int32_t zero;        /* output zero point */
  int32_t output_min;  /* clamp, quantized */
  int32_t output_max;
} mote_pairs_conv2d_s8_t;

/* Where a window is: its output pixel, then its top left corner in the image. */
typedef struct {
  int32_t out_x;
  int32_t top;
  int32_t left;
} mote_pairs_window_t;

MOTE_INTERNAL void mote_pairs_next_window(const mote_pairs_conv2d_s8_t *p, mote_pairs_window_t *window) {
  window->left += p->stride_w;
  if (++window->out_x == p->out_w) {
    window->out_x = 0;
    window->left = -p->pad_left;
    window->top += p->stride_h;
  }
}

/* `count` values from x on, all the same where step is 0, into one half of the pairs. */
MOTE_INTERNAL uint32_t *mote_pairs_half(const int8_t *x, int32_t step, int32_t count, int32_t half, uint32_t *column) {
  for (uint32_t *const end = column + count; column != end; ++column) {
    *column = half == 0 ? (uint32_t)(int32_t)*x : *column + ((uint32_t)(int32_t)*x << 16);
    x += step;
  }
  return column;
}

/* One window into one half of the column; half 0 comes first. */
MOTE_SHARED void mote_pairs_window(const mote_pairs_conv2d_s8_t *p, const int8_t *x, const mote_pairs_window_t *window,
                                   int32_t half, uint32_t *column) {
  const int8_t outside = (int8_t)p->input_zero;
  const int32_t in_c = p->in_c;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = window->top + ky * p->dilation_h;
    const int8_t *const row = x + iy * p->in_w * in_c;
    const int32_t row_inside = iy >= 0 && iy < p->in_h;
    int32_t kx = 0;
    while (kx < p->kernel_w) {
      /* As many taps as touch in memory, or are all outside. */
      const int32_t ix = window->left + kx * p->dilation_w;
      const int32_t inside = row_inside && ix >= 0 && ix < p->in_w;
      int32_t taps = 1;
      if (row_inside == 0) {
        taps = p->kernel_w;
      } else if (p->dilation_w == 1) {
        const int32_t limit = ix < 0 ? -ix : (inside ? p->in_w - ix : p->kernel_w);
        taps = p->kernel_w - kx < limit ? p->kernel_w - kx : limit;
      }
      column = mote_pairs_half(inside ? row + ix * in_c : &outside, inside, taps * in_c, half, column);
      kx += taps;
    }
  }
}

/* Two windows that are inside the image. */
MOTE_SHARED void mote_pairs_inner_windows(const mote_pairs_conv2d_s8_t *p, const int8_t *x0, const int8_t *x1,
                                          uint32_t *column) {
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    column = mote_pair_values(x0, x1, p->kernel_w * p->in_c, column);
    x0 += p->dilation_h * p->in_w * p->in_c;
    x1 += p->dilation_h * p->in_w * p->in_c;
  }
}

MOTE_INTERNAL int32_t mote_pairs_is_inner(const mote_pairs_conv2d_s8_t *p, const mote_pairs_window_t *window) {
  return p->dilation_w == 1 && window->left >= 0 && window->left + p->kernel_w <= p->in_w && window->top >= 0 &&
         window->top + (p->kernel_h - 1) * p->dilation_h < p->in_h;
}

/* The column of two windows. */
MOTE_SHARED void mote_pairs_column(const mote_pairs_conv2d_s8_t *p, const int8_t *x, const mote_pairs_window_t *first,
                                   const mote_pairs_window_t *second, uint32_t *column) {
  if (mote_pairs_is_inner(p, first) && mote_pairs_is_inner(p, second)) {
    mote_pairs_inner_windows(p, x + (first->top * p->in_w + first->left) * p->in_c,
                             x + (second->top * p->in_w + second->left) * p->in_c, column);
  } else {
    mote_pairs_window(p, x, first, 0, column);
    mote_pairs_window(p, x, second, 1, column);
  }
}

/* columns: 4 bytes for every weight of one output channel, rounded up to four.
 * Padding is multiplied like pixels: the stream's biases already hold -input_zero * sum(weights). */
#define MOTE_PAIRS_CONV2D(name, product)                                                                              \
  MOTE_SHARED void name(const mote_pairs_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,           \
                        uint32_t *columns) {                                                                          \
    const int32_t groups = (p->kernel_h * p->kernel_w * p->in_c + 3) >> 2;                                            \
    mote_pairs_t m = {columns, columns + 4 * groups, stream, stream + p->stream_size, -groups & 3,                    \
                      y,       y,                    p->zero, p->output_min,          p->output_max};                 \
    for (int32_t batch = 0; batch < p->batches; ++batch) {                                                            \
      mote_pairs_window_t window = {0, -p->pad_top, -p->pad_left};                                                    \
      for (int32_t pixels = p->out_h * p->out_w; pixels > 0; pixels -= 2) {                                           \
        const mote_pairs_window_t first = window;                                                                     \
        m.y0 = y;                                                                                                     \
        m.y1 = y;                                                                                                     \
        if (pixels > 1) {                                                                                             \
          mote_pairs_next_window(p, &window);                                                                         \
          m.y1 += p->channels;                                                                                        \
        }                                                                                                             \
        mote_pairs_column(p, x, &first, &window, columns);                                                            \
        product(&m);                                                                                                  \
        mote_pairs_next_window(p, &window);                                                                           \
        y = m.y1 + p->channels;                                                                                       \
      }                                                                                                               \
      x += p->in_h * p->in_w * p->in_c;                                                                               \
    }                                                                                                                 \
  }

#endif
