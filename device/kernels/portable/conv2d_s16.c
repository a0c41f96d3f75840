#include "portable/dot_s16.h"
#include "portable/window.h"

/* 2-D convolution, int16 with int8 weights [O,KH,KW,C/groups].
 * Source of the arithmetic: TFLite Micro, reference_integer_ops::ConvPerChannel for 16x8. Zero points are 0. */
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
  int32_t wide;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_conv2d_s16_t;

/* One output pixel of one group: `channels` outputs from `channel` on; weights points to the first one's. */
MOTE_KERNEL void mote_conv2d_s16_pixel(const mote_conv2d_s16_t *p, mote_span_t rows, mote_span_t columns,
                                       const int16_t *image, const int8_t *weights, const int64_t *bias,
                                       const int32_t *multipliers, const int8_t *shifts, int32_t channel,
                                       int32_t channels, int16_t *y) {
  const mote_rescale_s16_t rescale = {p->wide, p->multiplier, p->shift, p->output_min, p->output_max};
  const int32_t depth = p->input_channels / p->groups;
  const int32_t size = p->kernel_height * p->kernel_width * depth;
  /* Taps of a row that touch in memory, in the image and in the weights, are one run. */
  const int touching = p->groups == 1 && p->dilation_width == 1;
  const int32_t taps = columns.end - columns.begin;
  const int32_t runs = touching ? 1 : taps;
  const int32_t run = touching ? taps * depth : depth;
  const int32_t run_step = p->dilation_width * p->input_channels;
  const int32_t row_step = p->dilation_height * p->input_width * p->input_channels;
  const int16_t *first = image + ((rows.origin + rows.begin * p->dilation_height) * p->input_width + columns.origin +
                                  columns.begin * p->dilation_width) *
                                     p->input_channels;
  const int8_t *first_w = weights + (rows.begin * p->kernel_width + columns.begin) * depth;
  int32_t c = 0;
  for (; c + 4 <= channels; c += 4) {
    int64_t sums[4] = {0, 0, 0, 0};
    const int16_t *row = first;
    const int8_t *row_w = first_w + c * size;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      for (int32_t r = 0; r < runs; ++r) {
        mote_dot4_s16(row + r * run_step, row_w + r * depth, size, run, sums);
      }
      row += row_step;
      row_w += p->kernel_width * depth;
    }
    for (int32_t k = 0; k < 4; ++k) {
      y[c + k] = mote_rescale_s16(&rescale, bias, multipliers, shifts, channel + c + k, sums[k]);
    }
  }
  for (; c < channels; ++c) {
    int64_t sum = 0;
    const int16_t *row = first;
    const int8_t *row_w = first_w + c * size;
    for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
      for (int32_t r = 0; r < runs; ++r) {
        sum = mote_dot_s16(row + r * run_step, row_w + r * depth, run, sum);
      }
      row += row_step;
      row_w += p->kernel_width * depth;
    }
    y[c] = mote_rescale_s16(&rescale, bias, multipliers, shifts, channel + c, sum);
  }
}

/* All pixels of output channels `begin` to `end`, whose weights start at `weights`. */
MOTE_KERNEL void mote_conv2d_s16_channels(const mote_conv2d_s16_t *p, const int16_t *x, const int8_t *weights,
                                          const int64_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                          int16_t *y, int32_t begin, int32_t end) {
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
          mote_conv2d_s16_pixel(p, rows, columns, x + group * depth, weights + (channel - begin) * size, bias,
                                multipliers, shifts, channel, next - channel, y + channel);
          channel = next;
        }
        y += p->output_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}

MOTE_KERNEL void mote_conv2d_s16(const mote_conv2d_s16_t *p, const int16_t *x, const int8_t *weights,
                                 const int64_t *bias, const int32_t *multipliers, const int8_t *shifts, int16_t *y) {
  mote_conv2d_s16_channels(p, x, weights, bias, multipliers, shifts, y, 0, p->output_channels);
}
