#include "portable/common.h"

/* Bilinear interpolation of int8 images with 10 fractional bits in each direction, rounded once to nearest, ties away
 * from zero. Scales are input pixels per output pixel times 1024, offsets the place of output pixel 0 times 1024.
 * Source of the arithmetic: TFLite, reference_ops::ResizeBilinearInteger. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t channels;
  int32_t height_scale;
  int32_t height_offset;
  int32_t width_scale;
  int32_t width_offset;
} mote_resize_bilinear_s8_t;

/* The two neighbours of a place and the fraction of 1024 that belongs to the upper one. */
typedef struct {
  int32_t lower;
  int32_t upper;
  int32_t fraction;
} mote_neighbours_t;

MOTE_KERNEL mote_neighbours_t mote_neighbours(int32_t place, int32_t size) {
  mote_neighbours_t n;
  n.lower = mote_clamp(place / 1024, 0, size - 1);
  n.upper = mote_clamp((place + 1023) / 1024, 0, size - 1);
  /* Beyond the border both are the same pixel, whose weights add up to 1 however they are shared. */
  n.fraction = n.lower == n.upper ? 0 : place - 1024 * n.lower;
  return n;
}

MOTE_KERNEL void mote_resize_bilinear_s8(const mote_resize_bilinear_s8_t *p, const int8_t *x, int8_t *y) {
  const int32_t channels = p->channels;
  const int32_t pitch = p->input_width * channels;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t row = 0; row < p->output_height; row++) {
      const mote_neighbours_t v = mote_neighbours(row * p->height_scale + p->height_offset, p->input_height);
      const int8_t *top = x + v.lower * pitch;
      const int8_t *bottom = x + v.upper * pitch;
      for (int32_t column = 0; column < p->output_width; column++) {
        const mote_neighbours_t h = mote_neighbours(column * p->width_scale + p->width_offset, p->input_width);
        const int32_t left = h.lower * channels;
        const int32_t right = h.upper * channels;
        for (int32_t c = 0; c < channels; c++) {
          const int32_t upper = top[left + c] * (1024 - h.fraction) + top[right + c] * h.fraction;
          const int32_t lower = bottom[left + c] * (1024 - h.fraction) + bottom[right + c] * h.fraction;
          const int32_t sum = upper * (1024 - v.fraction) + lower * v.fraction;
          *y++ = (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
        }
      }
    }
    x += p->input_height * pitch;
  }
}
