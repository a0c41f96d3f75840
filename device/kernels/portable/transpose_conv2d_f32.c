#include "portable/dot_f32.h"
#include "portable/gather.h"

/* Transposed convolution, float [O,KH,KW,C]: each output pixel gathers the input pixels whose kernel
 * covers it. Source of the arithmetic: TFLite Micro, reference_ops::TransposeConv, which scatters. */
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
  float output_min;
  float output_max;
} mote_transpose_conv2d_f32_t;

/* One output pixel. */
MOTE_KERNEL void mote_transpose_conv2d_f32_pixel(const mote_transpose_conv2d_f32_t *p, mote_gather_t rows,
                                                 mote_gather_t columns, const float *image, const float *weights,
                                                 const float *bias, float *y) {
  const int32_t depth = p->input_channels;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  int32_t c = 0;
  for (; c + 4 <= p->output_channels; c += 4) {
    float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int32_t i = 0; i < rows.count; ++i) {
      for (int32_t j = 0; j < columns.count; ++j) {
        const float *pixel = image + ((rows.position + i) * p->input_width + columns.position + j) * depth;
        const float *w =
            weights + c * size +
            ((rows.tap - i * p->stride_height) * p->kernel_width + columns.tap - j * p->stride_width) * depth;
        mote_dot4_f32(pixel, w, size, depth, sums);
      }
    }
    for (int32_t k = 0; k < 4; ++k) {
      y[c + k] = mote_clamp_f32(bias != NULL ? sums[k] + bias[c + k] : sums[k], p->output_min, p->output_max);
    }
  }
  for (; c < p->output_channels; ++c) {
    float sum = 0.0f;
    for (int32_t i = 0; i < rows.count; ++i) {
      for (int32_t j = 0; j < columns.count; ++j) {
        const float *pixel = image + ((rows.position + i) * p->input_width + columns.position + j) * depth;
        const float *w =
            weights + c * size +
            ((rows.tap - i * p->stride_height) * p->kernel_width + columns.tap - j * p->stride_width) * depth;
        sum = mote_dot_f32(pixel, w, depth, sum);
      }
    }
    y[c] = mote_clamp_f32(bias != NULL ? sum + bias[c] : sum, p->output_min, p->output_max);
  }
}

MOTE_KERNEL void mote_transpose_conv2d_f32(const mote_transpose_conv2d_f32_t *p, const float *x, const float *weights,
                                           const float *bias, float *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_gather_t rows = mote_gather(out_y + p->pad_top, p->stride_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_gather_t columns =
            mote_gather(out_x + p->pad_left, p->stride_width, p->kernel_width, p->input_width);
        mote_transpose_conv2d_f32_pixel(p, rows, columns, x, weights, bias, y);
        y += p->output_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
