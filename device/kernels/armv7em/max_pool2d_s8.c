#include "armv7em/dsp.h"
#include "portable/window.h"

/* Largest of each channel over the part of the window inside the image, see mote_max_pool2d_s8: four channels at a time.
 * Channels are a multiple of 4, the window is not dilated, outputs are not clamped. */
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
} mote_dsp_max_pool2d_s8_t;

/* The larger of each two bytes. */
MOTE_KERNEL uint32_t mote_largest_bytes(uint32_t a, uint32_t b) {
  uint32_t r = a;
  uint32_t difference;
  __asm__("ssub8 %1, %0, %2\n\tsel %0, %0, %2" : "+r"(r), "=&r"(difference) : "r"(b) : "cc");
  return r;
}

MOTE_KERNEL void mote_max_store(int8_t *y, uint32_t largest) { memcpy(y, &largest, sizeof(largest)); }

/* All channels of one output pixel; there is at least one tap. */
MOTE_KERNEL void mote_max_pixel_s8(const int8_t *x, int32_t channels, int32_t pitch, int32_t height, int32_t width,
                                   int8_t *y) {
  const int8_t *const end = y + channels;
  if (height == 2 && width == 2) {
    const int8_t *below = x + pitch;
    while (y != end) {
      const uint32_t above = mote_largest_bytes(mote_load_u32(x), mote_load_u32(x + channels));
      const uint32_t other = mote_largest_bytes(mote_load_u32(below), mote_load_u32(below + channels));
      mote_max_store(y, mote_largest_bytes(above, other));
      x += 4;
      below += 4;
      y += 4;
    }
    return;
  }
  while (y != end) {
    const int8_t *row = x;
    uint32_t largest = mote_load_u32(row);
    for (int32_t ky = height; ky > 0; --ky) {
      const int8_t *tap = row;
      if ((width & 1) != 0) {
        largest = mote_largest_bytes(largest, mote_load_u32(tap));
        tap += channels;
      }
      for (int32_t kx = width >> 1; kx > 0; --kx) {
        largest = mote_largest_bytes(largest, mote_load_u32(tap));
        largest = mote_largest_bytes(largest, mote_load_u32(tap + channels));
        tap += 2 * channels;
      }
      row += pitch;
    }
    mote_max_store(y, largest);
    x += 4;
    y += 4;
  }
}

MOTE_SHARED void mote_dsp_max_pool2d_s8(const mote_dsp_max_pool2d_s8_t *p, const int8_t *x, int8_t *y) {
  const int32_t channels = p->input_channels;
  const int32_t pitch = p->input_width * channels;
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows = mote_span(out_y * p->stride_height - p->pad_top, 1, p->kernel_height, p->input_height);
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns = mote_span(out_x * p->stride_width - p->pad_left, 1, p->kernel_width, p->input_width);
        const int32_t height = rows.end - rows.begin;
        const int32_t width = columns.end - columns.begin;
        const int8_t *first = x + (rows.origin + rows.begin) * pitch + (columns.origin + columns.begin) * channels;
        mote_max_pixel_s8(first, channels, pitch, height, width, y);
        y += channels;
      }
    }
    x += p->input_height * pitch;
  }
}
