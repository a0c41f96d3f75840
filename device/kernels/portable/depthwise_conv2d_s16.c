#include "portable/dot_s16.h"
#include "portable/window.h"

/* Depthwise convolution, int16 with int8 weights [1,KH,KW,C*multiplier].
 * Source of the arithmetic: TFLite Micro, reference_integer_ops::DepthwiseConvPerChannel for 16x8. Zero points are 0.
 */
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
  int32_t wide;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_depthwise_conv2d_s16_t;

/* One output pixel. */
MOTE_KERNEL void mote_depthwise_conv2d_s16_pixel(const mote_depthwise_conv2d_s16_t *p, mote_span_t rows,
                                                 mote_span_t columns, const int16_t *image, const int8_t *weights,
                                                 const int64_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                                 int16_t *y) {
  const mote_rescale_s16_t rescale = {p->wide, p->multiplier, p->shift, p->output_min, p->output_max};
  const int32_t channels = p->input_channels * p->channel_multiplier;
  const int32_t row_step = p->dilation_height * p->input_width * p->input_channels;
  const int32_t tap_step = p->dilation_width * p->input_channels;
  const int16_t *first = image + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                  columns.begin * p->dilation_width) *
                                     p->input_channels;
  const int8_t *first_w = weights + (rows.begin * p->kernel_width + columns.begin) * channels;
  int32_t c = 0;
  if (p->channel_multiplier == 1) {
    for (; c + 4 <= channels; c += 4) {
      int64_t sums[4] = {0, 0, 0, 0};
      const int16_t *row = first + c;
      const int8_t *row_w = first_w + c;
      for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
        const int16_t *tap = row;
        const int8_t *w = row_w;
        for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
          sums[0] += tap[0] * w[0];
          sums[1] += tap[1] * w[1];
          sums[2] += tap[2] * w[2];
          sums[3] += tap[3] * w[3];
          tap += tap_step;
          w += channels;
        }
        row += row_step;
        row_w += p->kernel_width * channels;
      }
      for (int32_t k = 0; k < 4; ++k) {
        y[c + k] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c + k, sums[k]);
      }
    }
  }
  for (; c < channels; ++c) {
    int64_t sum = 0;
    const int16_t *row = first + c / p->channel_multiplier;
    const int8_t *row_w = first_w + c;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      const int16_t *tap = row;
      const int8_t *w = row_w;
      for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
        sum += *tap * *w;
        tap += tap_step;
        w += channels;
      }
      row += row_step;
      row_w += p->kernel_width * channels;
    }
    y[c] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c, sum);
  }
}

MOTE_KERNEL void mote_depthwise_conv2d_s16(const mote_depthwise_conv2d_s16_t *p, const int16_t *x,
                                           const int8_t *weights, const int64_t *bias, const int32_t *multipliers,
                                           const int8_t *shifts, int16_t *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        mote_depthwise_conv2d_s16_pixel(p, rows, columns, x, weights, bias, multipliers, shifts, y);
        y += p->input_channels * p->channel_multiplier;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
