#include "portable/dot_f32.h"
#include "portable/dynamic_range.h"
#include "portable/window.h"

/* Depthwise convolution, float with symmetric int8 weights [1,KH,KW,C*multiplier]: each image is quantized to int8 in
 * the scratch memory first.
 * Source of the arithmetic: TFLite, DepthwiseConvHybridPerChannel. */
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
  int32_t asymmetric; /* always */
  float output_min;
  float output_max;
} mote_depthwise_conv2d_f32_s8_t;

/* Sum of the products of output channel `channel`; image is that of its input channel. */
MOTE_KERNEL int32_t mote_depthwise_conv2d_f32_s8_sum(const mote_depthwise_conv2d_f32_s8_t *p, mote_span_t rows,
                                                     mote_span_t columns, const int8_t *image, const int8_t *weights,
                                                     int32_t channel, int32_t zero) {
  const int32_t channels = p->input_channels * p->channel_multiplier;
  int32_t sum = 0;
  for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
    const int8_t *row = image + (rows.origin + ky * p->dilation_height) * p->input_width * p->input_channels;
    for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
      const int32_t tap = row[(columns.origin + kx * p->dilation_width) * p->input_channels] - zero;
      sum += tap * weights[(ky * p->kernel_width + kx) * channels + channel];
    }
  }
  return sum;
}

MOTE_KERNEL void mote_depthwise_conv2d_f32_s8(const mote_depthwise_conv2d_f32_s8_t *p, const float *x,
                                              const int8_t *weights, const float *bias, const float *scales, float *y,
                                              int8_t *scratch) {
  const int32_t image = p->input_height * p->input_width * p->input_channels;
  const int32_t channels = p->input_channels * p->channel_multiplier;
  for (int32_t n = 0; n < p->batches; ++n) {
    const mote_dynamic_t range = mote_dynamic_asymmetric(x, image, scratch);
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        for (int32_t c = 0; c < channels; ++c) {
          const float sum = (float)mote_depthwise_conv2d_f32_s8_sum(
              p, rows, columns, scratch + c / p->channel_multiplier, weights, c, range.zero);
          const float value = sum * (scales[c] * range.scale);
          y[c] = mote_clamp_f32(bias != NULL ? value + bias[c] : value, p->output_min, p->output_max);
        }
        y += channels;
      }
    }
    x += image;
  }
}
