#include "portable/dot_s8.h"
#include "portable/window.h"

/* Depthwise convolution, int8 with int8 weights [1,KH,KW,C*multiplier]; rescaled per channel, or per tensor without
 * tables. Source of the arithmetic: TFLite Micro, reference_integer_ops::DepthwiseConvPerChannel.
 * `folded` as for mote_conv2d_s8. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t channel_multiplier;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t folded;
  int32_t x_zero;
  int32_t w_zero;
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_depthwise_conv2d_s8_t;

/* Sum of one output channel's weights, `step` apart, whose taps lie outside the image. */
MOTE_INTERNAL int32_t mote_depthwise_conv2d_s8_outside(const int8_t *w, int32_t height, int32_t width, int32_t step,
                                                       mote_span_t rows, mote_span_t columns) {
  int32_t sum = 0;
  for (int32_t ky = 0; ky < height; ++ky) {
    const int outside_row = ky < rows.begin || ky >= rows.end;
    for (int32_t kx = 0; kx < width; ++kx) {
      sum += outside_row || kx < columns.begin || kx >= columns.end ? *w : 0;
      w += step;
    }
  }
  return sum;
}

/* Output channels `begin` to `end` of one pixel. Their weights start at `weights`, one tap `w_step` after the other. */
MOTE_KERNEL void mote_depthwise_conv2d_s8_pixel(const mote_depthwise_conv2d_s8_t *p, mote_span_t rows,
                                                mote_span_t columns, const int8_t *image, const int8_t *weights,
                                                int32_t w_step, const int32_t *bias, const int32_t *multipliers,
                                                const int8_t *shifts, int32_t begin, int32_t end, int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  const int32_t x_zero = p->folded != 0 ? 0 : p->x_zero;
  const int32_t row_step = p->dilation_height * p->input_width * p->input_channels;
  const int32_t tap_step = p->dilation_width * p->input_channels;
  const int8_t *first = image + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                 columns.begin * p->dilation_width) *
                                    p->input_channels;
  const int8_t *first_w = weights + (rows.begin * p->kernel_width + columns.begin) * w_step;
  const int border = p->folded != 0 && p->x_zero != 0 &&
                     (rows.end - rows.begin != p->kernel_height || columns.end - columns.begin != p->kernel_width);
  int32_t c = begin;
  if (p->channel_multiplier == 1) {
    for (; c + 4 <= end; c += 4) {
      int32_t sums[4] = {0, 0, 0, 0};
      const int8_t *row = first + c;
      const int8_t *row_w = first_w + (c - begin);
      for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        const int8_t *tap = row;
        const int8_t *w = row_w;
        for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
          sums[0] = mote_multiply_add(sums[0], tap[0] - x_zero, w[0] - p->w_zero);
          sums[1] = mote_multiply_add(sums[1], tap[1] - x_zero, w[1] - p->w_zero);
          sums[2] = mote_multiply_add(sums[2], tap[2] - x_zero, w[2] - p->w_zero);
          sums[3] = mote_multiply_add(sums[3], tap[3] - x_zero, w[3] - p->w_zero);
          tap += tap_step;
          w += w_step;
        }
        row += row_step;
        row_w += p->kernel_width * w_step;
      }
      for (int32_t k = 0; k < 4; ++k) {
        int32_t sum = bias != NULL ? mote_add_wrapping(sums[k], bias[c + k]) : sums[k];
        if (border) {
          sum = mote_multiply_add(sum, p->x_zero,
                                  mote_depthwise_conv2d_s8_outside(weights + (c - begin) + k, p->kernel_height,
                                                                   p->kernel_width, w_step, rows, columns));
        }
        y[c + k] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c + k, sum);
      }
    }
  }
  for (; c < end; ++c) {
    int32_t sum = bias != NULL ? bias[c] : 0;
    const int8_t *row = first + c / p->channel_multiplier;
    const int8_t *row_w = first_w + (c - begin);
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      const int8_t *tap = row;
      const int8_t *w = row_w;
      for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
        sum = mote_multiply_add(sum, *tap - x_zero, *w - p->w_zero);
        tap += tap_step;
        w += w_step;
      }
      row += row_step;
      row_w += p->kernel_width * w_step;
    }
    if (border) {
      sum = mote_multiply_add(sum, p->x_zero,
                              mote_depthwise_conv2d_s8_outside(weights + (c - begin), p->kernel_height, p->kernel_width,
                                                               w_step, rows, columns));
    }
    y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
  }
}

/* All pixels of output channels `begin` to `end`. */
MOTE_KERNEL void mote_depthwise_conv2d_s8_channels(const mote_depthwise_conv2d_s8_t *p, const int8_t *x,
                                                   const int8_t *weights, int32_t w_step, const int32_t *bias,
                                                   const int32_t *multipliers, const int8_t *shifts, int32_t begin,
                                                   int32_t end, int8_t *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        mote_depthwise_conv2d_s8_pixel(p, rows, columns, x, weights, w_step, bias, multipliers, shifts, begin, end, y);
        y += p->input_channels * p->channel_multiplier;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}

MOTE_KERNEL void mote_depthwise_conv2d_s8(const mote_depthwise_conv2d_s8_t *p, const int8_t *x, const int8_t *weights,
                                          const int32_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                          int8_t *y) {
  const int32_t channels = p->input_channels * p->channel_multiplier;
  mote_depthwise_conv2d_s8_channels(p, x, weights, channels, bias, multipliers, shifts, 0, channels, y);
}
