#include "portable/dot_s8.h"
#include "portable/window.h"

/* Depthwise convolution, int8 with int8 weights [1,KH,KW,C*multiplier]; rescaled per channel, or per tensor without
 * tables. Source of the arithmetic: TFLite Micro, reference_integer_ops::DepthwiseConvPerChannel.
 * x_zero is 0 when the bias already holds -x_zero * sum(weights), which it may where no window leaves the image. */
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
  int32_t x_zero;
  int32_t w_zero;
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_depthwise_conv2d_s8_t;

/* One output pixel. */
MOTE_KERNEL void mote_depthwise_conv2d_s8_pixel(const mote_depthwise_conv2d_s8_t *p, mote_span_t rows,
                                                mote_span_t columns, const int8_t *image, const int8_t *weights,
                                                const int32_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                                int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  const int32_t channels = p->input_channels * p->channel_multiplier;
  const int32_t row_step = p->dilation_height * p->input_width * p->input_channels;
  const int32_t tap_step = p->dilation_width * p->input_channels;
  const int8_t *first = image + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                 columns.begin * p->dilation_width) *
                                    p->input_channels;
  const int8_t *first_w = weights + (rows.begin * p->kernel_width + columns.begin) * channels;
  int32_t c = 0;
  if (p->channel_multiplier == 1) {
    for (; c + 4 <= channels; c += 4) {
      int32_t sums[4] = {0, 0, 0, 0};
      const int8_t *row = first + c;
      const int8_t *row_w = first_w + c;
      for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        const int8_t *tap = row;
        const int8_t *w = row_w;
        for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
          sums[0] = mote_multiply_add(sums[0], tap[0] - p->x_zero, w[0] - p->w_zero);
          sums[1] = mote_multiply_add(sums[1], tap[1] - p->x_zero, w[1] - p->w_zero);
          sums[2] = mote_multiply_add(sums[2], tap[2] - p->x_zero, w[2] - p->w_zero);
          sums[3] = mote_multiply_add(sums[3], tap[3] - p->x_zero, w[3] - p->w_zero);
          tap += tap_step;
          w += channels;
        }
        row += row_step;
        row_w += p->kernel_width * channels;
      }
      for (int32_t k = 0; k < 4; ++k) {
        const int32_t sum = bias != NULL ? mote_add_wrapping(sums[k], bias[c + k]) : sums[k];
        y[c + k] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c + k, sum);
      }
    }
  }
  for (; c < channels; ++c) {
    int32_t sum = bias != NULL ? bias[c] : 0;
    const int8_t *row = first + c / p->channel_multiplier;
    const int8_t *row_w = first_w + c;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      const int8_t *tap = row;
      const int8_t *w = row_w;
      for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
        sum = mote_multiply_add(sum, *tap - p->x_zero, *w - p->w_zero);
        tap += tap_step;
        w += channels;
      }
      row += row_step;
      row_w += p->kernel_width * channels;
    }
    y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
  }
}

MOTE_KERNEL void mote_depthwise_conv2d_s8(const mote_depthwise_conv2d_s8_t *p, const int8_t *x, const int8_t *weights,
                                          const int32_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                          int8_t *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        mote_depthwise_conv2d_s8_pixel(p, rows, columns, x, weights, bias, multipliers, shifts, y);
        y += p->input_channels * p->channel_multiplier;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
