#include "portable/depthwise_conv2d_s8.c"
#include "portable/unpack.h"

/* Depthwise convolution, int8 with packed int8 weights in the order [C*multiplier,KH,KW]: one output channel at a time,
 * whose weights are unpacked into the scratch memory (one byte each) once for all pixels. */
typedef mote_depthwise_conv2d_s8_t mote_packed_depthwise_conv2d_s8_t;

MOTE_KERNEL void mote_packed_depthwise_conv2d_s8(const mote_packed_depthwise_conv2d_s8_t *p, const int8_t *x,
                                                 const uint8_t *weights, const int32_t *bias,
                                                 const int32_t *multipliers, const int8_t *shifts, int8_t *y,
                                                 int8_t *scratch) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  const int32_t channels = p->input_channels * p->channel_multiplier;
  mote_unpack_t code;
  mote_unpack_begin(&code, weights);
  for (int32_t c = 0; c < channels; ++c) {
    const int8_t *image = x + c / p->channel_multiplier;
    int8_t *out = y + c;
    mote_unpack(&code, scratch, p->kernel_height * p->kernel_width);
    for (int32_t n = 0; n < p->batches; ++n) {
      for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
        const mote_span_t rows =
            mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
        for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
          const mote_span_t columns =
              mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
          int32_t sum = bias != NULL ? bias[c] : 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int32_t row = (rows.origin + ky * p->dilation_height) * p->input_width + columns.origin;
            for (int32_t kx = columns.begin; kx < columns.end; ++kx) {
              const int8_t pixel = image[(row + kx * p->dilation_width) * p->input_channels];
              sum = mote_multiply_add(sum, pixel - p->x_zero, scratch[ky * p->kernel_width + kx]);
            }
          }
          *out = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
          out += channels;
        }
      }
      image += p->input_height * p->input_width * p->input_channels;
    }
  }
}
