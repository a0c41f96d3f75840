#include "portable/dot_s16.h"
#include "portable/gather.h"

/* Transposed convolution, int16 with int8 weights [O,KH,KW,C]: each output pixel gathers the input pixels whose kernel
 * covers it. Source of the arithmetic: TFLite Micro, reference_integer_ops::TransposeConv for 16x8, which scatters.
 * Zero points are 0. */
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
  int32_t pad_top;
  int32_t pad_left;
  int32_t wide;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_transpose_conv2d_s16_t;

/* One output pixel. */
MOTE_KERNEL void mote_transpose_conv2d_s16_pixel(const mote_transpose_conv2d_s16_t *p, mote_gather_t rows,
                                                 mote_gather_t columns, const int16_t *image, const int8_t *weights,
                                                 const int64_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                                 int16_t *y) {
  const mote_rescale_s16_t rescale = {p->wide, p->multiplier, p->shift, p->output_min, p->output_max};
  const int32_t depth = p->input_channels;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  int32_t c = 0;
  for (; c + 4 <= p->output_channels; c += 4) {
    int64_t sums[4] = {0, 0, 0, 0};
    for (int32_t i = 0; i < rows.count; ++i) {
      for (int32_t j = 0; j < columns.count; ++j) {
        const int16_t *pixel = image + ((rows.position + i) * p->input_width + columns.position + j) * depth;
        const int8_t *w =
            weights + c * size +
            ((rows.tap - i * p->stride_height) * p->kernel_width + columns.tap - j * p->stride_width) * depth;
        mote_dot4_s16(pixel, w, size, depth, sums);
      }
    }
    for (int32_t k = 0; k < 4; ++k) {
      y[c + k] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c + k, sums[k]);
    }
  }
  for (; c < p->output_channels; ++c) {
    int64_t sum = 0;
    for (int32_t i = 0; i < rows.count; ++i) {
      for (int32_t j = 0; j < columns.count; ++j) {
        const int16_t *pixel = image + ((rows.position + i) * p->input_width + columns.position + j) * depth;
        const int8_t *w =
            weights + c * size +
            ((rows.tap - i * p->stride_height) * p->kernel_width + columns.tap - j * p->stride_width) * depth;
        sum = mote_dot_s16(pixel, w, depth, sum);
      }
    }
    y[c] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c, sum);
  }
}

MOTE_KERNEL void mote_transpose_conv2d_s16(const mote_transpose_conv2d_s16_t *p, const int16_t *x,
                                           const int8_t *weights, const int64_t *bias, const int32_t *multipliers,
                                           const int8_t *shifts, int16_t *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_gather_t rows = mote_gather(out_y + p->pad_top, p->stride_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_gather_t columns =
            mote_gather(out_x + p->pad_left, p->stride_width, p->kernel_width, p->input_width);
        mote_transpose_conv2d_s16_pixel(p, rows, columns, x, weights, bias, multipliers, shifts, y);
        y += p->output_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
