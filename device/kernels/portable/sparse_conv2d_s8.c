#include "portable/sparse_s8.h"

#include <string.h>

/* 2-D convolution, int8 with the groups of int8 weights that are not zero, each for four values of a window whose rows are
 * filled up to a multiple of four. Two windows are copied before their outputs are written. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t output_channels;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t input_zero; /* what padding holds */
  int32_t x_zero;     /* 0: the bias holds -input_zero * sum(weights) */
  int32_t w_zero;     /* 0 */
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_sparse_conv2d_s8_t;

/* The window of output (out_y, out_x). */
MOTE_INTERNAL void mote_sparse_window_s8(const mote_sparse_conv2d_s8_t *p, const int8_t *x, int32_t out_y, int32_t out_x,
                                         int8_t *to) {
  const int32_t row_bytes = (p->kernel_width * p->input_channels + 3) & -4;
  for (int32_t ky = 0; ky < p->kernel_height; ++ky) {
    const int32_t in_y = out_y * p->stride_height - p->pad_top + ky * p->dilation_height;
    int8_t *value = to;
    for (int32_t kx = 0; kx < p->kernel_width; ++kx) {
      const int32_t in_x = out_x * p->stride_width - p->pad_left + kx * p->dilation_width;
      if (in_y >= 0 && in_y < p->input_height && in_x >= 0 && in_x < p->input_width) {
        memcpy(value, x + (in_y * p->input_width + in_x) * p->input_channels, (size_t)p->input_channels);
      } else {
        memset(value, p->input_zero, (size_t)p->input_channels);
      }
      value += p->input_channels;
    }
    to += row_bytes;
  }
}

/* windows: twice the bytes of a window. What fills up its rows meets weights of zero. */
MOTE_KERNEL void mote_sparse_conv2d_s8(const mote_sparse_conv2d_s8_t *p, const int8_t *x, const uint8_t *groups,
                                       const int32_t *bias, const int32_t *multipliers, const int8_t *shifts, int8_t *y,
                                       int8_t *windows) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  const int32_t bytes = p->kernel_height * ((p->kernel_width * p->input_channels + 3) & -4);
  memset(windows, 0, (size_t)(2 * bytes));
  for (int32_t n = 0; n < p->batches; ++n) {
    int32_t out_y = 0;
    int32_t out_x = 0;
    for (int32_t pixels = p->output_height * p->output_width; pixels > 0; pixels -= 2) {
      for (int32_t i = 0; i < 2 && i < pixels; ++i) {
        mote_sparse_window_s8(p, x, out_y, out_x, windows + i * bytes);
        if (++out_x == p->output_width) {
          out_x = 0;
          ++out_y;
        }
      }
      if (pixels > 1) {
        mote_sparse_rows_s8(&rescale, 2, p->output_channels, windows, bytes, groups, bias, multipliers, shifts, y);
        y += 2 * p->output_channels;
      } else {
        mote_sparse_rows_s8(&rescale, 1, p->output_channels, windows, 0, groups, bias, multipliers, shifts, y);
        y += p->output_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
