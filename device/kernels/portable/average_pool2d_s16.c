#include "portable/window.h"

/* Average of each channel over the part of the window inside the image, rounded half away from zero; input and output
 * share one quantization. Source: TFLite Micro, reference_integer_ops::AveragePool. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_min;
  int32_t output_max;
} mote_average_pool2d_s16_t;

MOTE_KERNEL void mote_average_pool2d_s16(const mote_average_pool2d_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        const int16_t *first = x + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                    columns.begin * p->dilation_width) *
                                       p->input_channels;
        const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
        for (int32_t c = 0; c < p->input_channels; ++c) {
          int32_t sum = 0;
          for (int32_t ky = 0; ky < rows.end - rows.begin; ++ky) {
            const int16_t *tap = first + ky * p->dilation_height * p->input_width * p->input_channels + c;
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              sum += *tap;
              tap += p->dilation_width * p->input_channels;
            }
          }
          y[c] =
              (int16_t)mote_clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, p->output_min, p->output_max);
        }
        y += p->input_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
