#include "portable/dot_f32.h"
#include "portable/dot_s8.h"
#include "portable/dynamic_range.h"
#include "portable/window.h"

/* 2-D convolution, float with symmetric int8 weights [O,KH,KW,C/groups]: each image is quantized to int8 in the scratch
 * memory first, with a zero point where the weights have a scale per channel.
 * Source of the arithmetic: TFLite, HybridConv and HybridConvPerChannel. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t output_channels;
  int32_t groups;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t asymmetric;
  float output_min;
  float output_max;
} mote_conv2d_f32_s8_t;

/* Sum of the products of one output element; image and weights are those of its group and channel. */
MOTE_KERNEL int32_t mote_conv2d_f32_s8_sum(const mote_conv2d_f32_s8_t *p, mote_span_t rows, mote_span_t columns,
                                           const int8_t *image, const int8_t *weights, int32_t zero) {
  const int32_t depth = p->input_channels / p->groups;
  int32_t sum = 0;
  for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
    const int8_t *row = image + (rows.origin + ky * p->dilation_height) * p->input_width * p->input_channels;
    for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
      const int8_t *tap = row + (columns.origin + kx * p->dilation_width) * p->input_channels;
      sum = mote_dot_s8(tap, weights + (ky * p->kernel_width + kx) * depth, depth, zero, 0, sum);
    }
  }
  return sum;
}

MOTE_KERNEL void mote_conv2d_f32_s8(const mote_conv2d_f32_s8_t *p, const float *x, const int8_t *weights,
                                    const float *bias, const float *scales, float *y, int8_t *scratch) {
  const int32_t image = p->input_height * p->input_width * p->input_channels;
  const int32_t depth = p->input_channels / p->groups;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  const int32_t per_group = p->output_channels / p->groups;
  for (int32_t n = 0; n < p->batches; ++n) {
    const mote_dynamic_t range = p->asymmetric != 0 ? mote_dynamic_asymmetric(x, image, scratch)
                                                    : mote_dynamic_symmetric(x, image, scratch);
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        for (int32_t c = 0; c < p->output_channels; ++c) {
          const float sum = (float)mote_conv2d_f32_s8_sum(p, rows, columns, scratch + c / per_group * depth,
                                                          weights + c * size, range.zero);
          const float value = p->asymmetric != 0 ? sum * scales[c] * range.scale : sum * (range.scale * scales[c]);
          y[c] = mote_clamp_f32(bias != NULL ? value + bias[c] : value, p->output_min, p->output_max);
        }
        y += p->output_channels;
      }
    }
    x += image;
  }
}
