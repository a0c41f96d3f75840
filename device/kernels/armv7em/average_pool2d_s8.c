#include "armv7em/sums.h"
#include "portable/window.h"

/* Average of each channel over the part of the window inside the image, see mote_average_pool2d_s8: four channels at a time in
 * two words of 16-bit sums, which hold windows of up to 255 pixels. Channels are a multiple of 4, the window is not dilated. */
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
} mote_dsp_average_pool2d_s8_t;

MOTE_SHARED void mote_dsp_average_pool2d_s8(const mote_dsp_average_pool2d_s8_t *p, const int8_t *x, int8_t *y) {
  const int32_t channels = p->input_channels;
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows = mote_span(out_y * p->stride_height - p->pad_top, 1, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns = mote_span(out_x * p->stride_width - p->pad_left, 1, p->kernel_width, p->input_width);
        const int8_t *const first =
            x + ((rows.origin + rows.begin) * p->input_width + columns.origin + columns.begin) * channels;
        const int32_t width = columns.end - columns.begin;
        const int32_t count = (rows.end - rows.begin) * width;
        for (int32_t c = 0; c < channels; c += 4) {
          const int8_t *row = first + c;
          uint32_t even = 0;
          uint32_t odd = 0;
          for (int32_t ky = rows.begin; ky < rows.end; ++ky) {
            const int8_t *tap = row;
            for (int32_t kx = 0; kx < width; ++kx) {
              const uint32_t bytes = mote_load_u32(tap);
              even = mote_add_even(even, bytes);
              odd = mote_add_odd(odd, bytes);
              tap += channels;
            }
            row += p->input_width * channels;
          }
          const int16_t sums[4] = {(int16_t)even, (int16_t)odd, (int16_t)(even >> 16), (int16_t)(odd >> 16)};
          for (int32_t i = 0; i < 4; ++i) {
            const int32_t nudged = sums[i] > 0 ? sums[i] + count / 2 : sums[i] - count / 2;
            y[c + i] = (int8_t)mote_clamp(nudged / count, p->output_min, p->output_max);
          }
        }
        y += channels;
      }
    }
    x += p->input_height * p->input_width * channels;
  }
}
