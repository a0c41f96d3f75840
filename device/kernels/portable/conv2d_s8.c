#include "portable/dot_s8.h"
#include "portable/window.h"

/* 2-D convolution, int8 with int8 weights [O,KH,KW,C/groups]; rescaled per channel, or per tensor without tables.
 * Source of the arithmetic: TFLite Micro, reference_integer_ops::ConvPerChannel.
 * x_zero is 0 when the bias already holds -x_zero * sum(weights), which it may where no window leaves the image. */
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
  int32_t x_zero;
  int32_t w_zero;
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_conv2d_s8_t;

/* One output pixel of one group: `channels` outputs from `channel` on; weights points to the first one's. */
MOTE_KERNEL void mote_conv2d_s8_pixel(const mote_conv2d_s8_t *p, mote_span_t rows, mote_span_t columns,
                                      const int8_t *image, const int8_t *weights, const int32_t *bias,
                                      const int32_t *multipliers, const int8_t *shifts, int32_t channel,
                                      int32_t channels, int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  const int32_t depth = p->input_channels / p->groups;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  /* Taps of a row that touch in memory, in the image and in the weights, are one run. */
  const int touching = p->groups == 1 && p->dilation_width == 1;
  const int32_t taps_x = columns.end - columns.begin;
  const int32_t runs = touching ? 1 : taps_x;
  const int32_t run = touching ? taps_x * depth : depth;
  const int32_t run_step = p->dilation_width * p->input_channels;
  const int32_t row_step = p->dilation_height * p->input_width * p->input_channels;
  const int8_t *first = image + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                 columns.begin * p->dilation_width) *
                                    p->input_channels;
  const int8_t *first_w = weights + (rows.begin * p->kernel_width + columns.begin) * depth;
  int32_t c = 0;
  for (; c + 4 <= channels; c += 4) {
    int32_t sums[4] = {0, 0, 0, 0};
    const int8_t *row = first;
    const int8_t *row_w = first_w + c * size;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      for (int32_t r = 0; r < runs; ++r) {
        mote_dot4_s8(row + r * run_step, row_w + r * depth, size, run, p->x_zero, p->w_zero, sums);
      }
      row += row_step;
      row_w += p->kernel_width * depth;
    }
    for (int32_t k = 0; k < 4; ++k) {
      const int32_t sum = bias != NULL ? mote_add_wrapping(sums[k], bias[channel + c + k]) : sums[k];
      y[c + k] = (int8_t)mote_rescale(&rescale, multipliers, shifts, channel + c + k, sum);
    }
  }
  for (; c < channels; ++c) {
    int32_t sum = bias != NULL ? bias[channel + c] : 0;
    const int8_t *row = first;
    const int8_t *row_w = first_w + c * size;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      for (int32_t r = 0; r < runs; ++r) {
        sum = mote_dot_s8(row + r * run_step, row_w + r * depth, run, p->x_zero, p->w_zero, sum);
      }
      row += row_step;
      row_w += p->kernel_width * depth;
    }
    y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, channel + c, sum);
  }
}

/* All pixels of output channels `begin` to `end`, whose weights start at `weights`. */
MOTE_KERNEL void mote_conv2d_s8_channels(const mote_conv2d_s8_t *p, const int8_t *x, const int8_t *weights,
                                         const int32_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                         int8_t *y, int32_t begin, int32_t end) {
  const int32_t depth = p->input_channels / p->groups;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  const int32_t per_group = p->output_channels / p->groups;
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        for (int32_t channel = begin; channel < end;) {
          const int32_t group = channel / per_group;
          const int32_t next = (group + 1) * per_group < end ? (group + 1) * per_group : end;
          mote_conv2d_s8_pixel(p, rows, columns, x + group * depth, weights + (channel - begin) * size, bias,
                               multipliers, shifts, channel, next - channel, y + channel);
          channel = next;
        }
        y += p->output_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}

MOTE_KERNEL void mote_conv2d_s8(const mote_conv2d_s8_t *p, const int8_t *x, const int8_t *weights, const int32_t *bias,
                                const int32_t *multipliers, const int8_t *shifts, int8_t *y) {
  mote_conv2d_s8_channels(p, x, weights, bias, multipliers, shifts, y, 0, p->output_channels);
}
